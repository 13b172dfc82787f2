import type { Json } from '@sluice/core/lib/json';
import { useState } from 'react';
import type { Variable } from '../../api/variables.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { Field, TextArea, TextField } from '../base/field.tsx';
import { Segments } from '../base/segments.tsx';
import { tagsOf } from '../base/tags.tsx';
import { changeAct, createAct } from './acts.ts';
import { readValue, textOf, type Way, wayOf } from './value-text.ts';

interface Closing {
  readonly onClose: () => void;
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export function CreateVariable({ onClose }: Closing) {
  const fields = useFields({ name: '', value: '', tags: [] });
  const { name, value, tags } = fields;
  return (
    <ActDialog
      act={createAct({ name, value: value ?? null, ...(tags.length > 0 && { tags: [...tags] }) })}
      onClose={onClose}
      isReady={name !== '' && value !== undefined}
      wide
    >
      {fields.content}
    </ActDialog>
  );
}

export function EditVariable({ variable: now, onClose }: Closing & { readonly variable: Variable }) {
  // As it was when the dialog was opened: what others change meanwhile is not taken back.
  const [before] = useState(now);
  const { name, value, tags, content } = useFields(before);
  const changes = {
    ...(name !== before.name && { name }),
    ...(value !== undefined && !isSame(value, before.value) && { value }),
    ...(!isSame(tags, before.tags) && { tags: [...tags] }),
  };
  const isReady = Object.keys(changes).length > 0 && name !== '' && value !== undefined;
  return (
    <ActDialog act={changeAct(before, changes)} onClose={onClose} isReady={isReady} wide>
      {content}
    </ActDialog>
  );
}

/** What a variable is made of, and the fields for it. No value while what is written cannot be read. */
function useFields(before: { readonly name: string; readonly value: Json; readonly tags: readonly string[] }) {
  const [name, setName] = useState(before.name);
  const [way, setWay] = useState<Way>(wayOf(before.value));
  const [text, setText] = useState(textOf(before.value));
  const [tags, setTags] = useState(before.tags.join(', '));
  const reading = readValue(text, way);
  const fault = 'fault' in reading ? reading.fault : undefined;
  const content = (
    <>
      <TextField label="Name" value={name} onChange={setName} hint="Lowercase letters, digits, dashes and underscores." />
      <Field label="What the value is">
        {({ id }) => (
          <div id={id}>
            <Segments label="What the value is" value={way} choices={{ text: 'Text', json: 'JSON' }} onChange={(next) => setWay(next as Way)} />
          </div>
        )}
      </Field>
      <TextArea
        label="Value"
        value={text}
        onChange={setText}
        rows={6}
        spellCheck={false}
        fault={text && fault}
        hint={way === 'text' ? 'Kept as it is written, quotes too.' : 'A number, true, null, a list or an object.'}
      />
      <TextField label="Tags" value={tags} onChange={setTags} hint="With commas between them." />
    </>
  );
  return { name, value: 'value' in reading ? reading.value : undefined, tags: tagsOf(tags), content };
}
