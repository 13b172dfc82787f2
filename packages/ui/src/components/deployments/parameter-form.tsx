import { isObject } from '@sluice/core/lib/json';
import { useState } from 'react';
import type { Deployment } from '../../api/deployments.ts';
import { TextArea } from '../base/field.tsx';
import { Segments } from '../base/segments.tsx';
import { inexactFault, readJson, withoutEmpty } from '../schema-form/exact-json.ts';
import { SchemaForm } from '../schema-form/schema-form.tsx';
import { placeFaults } from '../schema-form/server-faults.ts';
import styles from './parameter-form.module.css';

type Parameters = { readonly [name: string]: unknown };

interface ParameterFormProps {
  readonly deployment: Deployment;
  readonly value: Parameters;
  /** With a fault, when what stands there cannot be sent. */
  readonly onChange: (value: Parameters, fault?: string) => void;
  readonly fault: string | undefined;
  /** The server's sentences, of what it has refused. */
  readonly refused: readonly string[] | undefined;
}

const fieldsOf = (schema: unknown): string[] => (isObject(schema) && isObject(schema['properties']) ? Object.keys(schema['properties']) : []);
const textOf = (value: Parameters) => JSON.stringify(value, null, 2);

/** Parameters of a run: a form of the deployment's schema, or JSON. Each shows what the other has. */
export function ParameterForm({ deployment: { parameter_openapi_schema: schema }, value, onChange, fault, refused }: ParameterFormProps) {
  const names = fieldsOf(schema);
  const [way, setWay] = useState(names.length > 0 ? 'form' : 'json');
  const [text, setText] = useState({ of: value, typed: textOf(value) });
  // Another run's parameters were taken, or the form was filled in.
  if (text.of !== value) setText({ of: value, typed: textOf(value) });
  function type(typed: string): void {
    const reading = readJson(typed);
    const read = 'value' in reading ? reading.value : undefined;
    const wrong = 'fault' in reading ? reading.fault : isObject(read) ? undefined : 'Parameters are an object: {"name": value}.';
    const next = wrong ? value : (read as Parameters);
    setText({ of: next, typed });
    onChange(next, wrong);
  }
  function change(next: string): void {
    if (next === 'form' && fault) return; // it would be lost
    setWay(next);
  }
  const fill = (filled: Parameters) => onChange((withoutEmpty(filled) ?? {}) as Parameters, inexactFault(filled));
  const placed = refused && placeFaults(refused, names);
  const elsewhere = way === 'json' ? refused : placed?.filter(({ path }) => path.length === 0).map(({ words }) => words);
  return (
    <section className={styles['parameters']} aria-label="Parameters">
      <header className={styles['head']}>
        <h3>Parameters</h3>
        {names.length > 0 && <Segments label="How to write them" value={way} choices={{ form: 'Form', json: 'As JSON' }} onChange={change} />}
      </header>
      {way === 'form' ? (
        <SchemaForm schema={schema as object} value={value} onChange={fill} faults={placed} />
      ) : (
        <TextArea label="Parameters as JSON" value={text.typed} onChange={type} rows={9} spellCheck={false} />
      )}
      {[...(fault ? [fault] : []), ...(elsewhere ?? [])].map((sentence) => (
        <p key={sentence} className={styles['fault']} role="alert">
          {sentence}
        </p>
      ))}
    </section>
  );
}
