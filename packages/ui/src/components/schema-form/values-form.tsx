import { isObject } from '@sluice/core/lib/json';
import { useState } from 'react';
import { TextArea } from '../base/field.tsx';
import { Segments } from '../base/segments.tsx';
import { inexactFault, readJson, withoutEmpty } from './exact-json.ts';
import { SchemaForm } from './schema-form.tsx';
import { placeFaults } from './server-faults.ts';
import styles from './values-form.module.css';

type Values = { readonly [name: string]: unknown };

interface ValuesFormProps {
  /** What they are called: `Parameters`. */
  readonly title: string;
  /** A JSON schema of an object. */
  readonly schema: unknown;
  readonly value: Values;
  /** With a fault, when what stands there cannot be sent. */
  readonly onChange: (value: Values, fault?: string) => void;
  readonly fault: string | undefined;
  /** The server's sentences, of what it has refused. */
  readonly refused: readonly string[] | undefined;
}

const fieldsOf = (schema: unknown): string[] => (isObject(schema) && isObject(schema['properties']) ? Object.keys(schema['properties']) : []);
const textOf = (value: Values) => JSON.stringify(value, null, 2);

/** Named values: a form of their schema, or JSON. Each shows what the other has. */
export function ValuesForm({ title, schema, value, onChange, fault, refused }: ValuesFormProps) {
  const names = fieldsOf(schema);
  const [way, setWay] = useState(names.length > 0 ? 'form' : 'json');
  const [text, setText] = useState({ of: value, typed: textOf(value) });
  // Other values were taken from elsewhere, or the form was filled in.
  if (text.of !== value) setText({ of: value, typed: textOf(value) });
  function type(typed: string): void {
    const reading = readJson(typed);
    const read = 'value' in reading ? reading.value : undefined;
    const wrong = 'fault' in reading ? reading.fault : isObject(read) ? undefined : 'It has to be an object: {"name": value}.';
    const next = wrong ? value : (read as Values);
    setText({ of: next, typed });
    onChange(next, wrong);
  }
  function change(next: string): void {
    if (next === 'form' && fault) return; // it would be lost
    setWay(next);
  }
  const fill = (filled: Values) => onChange((withoutEmpty(filled) ?? {}) as Values, inexactFault(filled));
  const placed = refused && placeFaults(refused, names);
  const elsewhere = way === 'json' ? refused : placed?.filter(({ path }) => path.length === 0).map(({ words }) => words);
  return (
    <section className={styles['values']} aria-label={title}>
      <header className={styles['head']}>
        <h3>{title}</h3>
        {names.length > 0 && <Segments label="How to write them" value={way} choices={{ form: 'Form', json: 'As JSON' }} onChange={change} />}
      </header>
      {way === 'form' ? (
        <SchemaForm schema={schema as object} value={value} onChange={fill} faults={placed} />
      ) : (
        <TextArea label={`${title} as JSON`} value={text.typed} onChange={type} rows={9} spellCheck={false} />
      )}
      {[...(fault ? [fault] : []), ...(elsewhere ?? [])].map((sentence) => (
        <p key={sentence} className={styles['fault']} role="alert">
          {sentence}
        </p>
      ))}
    </section>
  );
}
