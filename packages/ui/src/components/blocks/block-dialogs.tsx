import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type Block, type BlockSchema, blocks } from '../../api/blocks.ts';
import type { Act } from '../acts/act.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { Answer } from '../base/answer.tsx';
import { SelectField, TextField } from '../base/field.tsx';
import { Note } from '../base/notice.tsx';
import { ValuesForm } from '../schema-form/lazy-form.tsx';
import { changeAct, createAct } from './acts.ts';
import { formSchema, toChange } from './block-values.ts';

type Values = { readonly [field: string]: unknown };

interface Closing {
  readonly onClose: () => void;
}

/** Asks for a type first: its schema makes the form. */
export function CreateBlock({ onClose }: Closing) {
  const navigate = useNavigate();
  const [type, setType] = useState('');
  const [name, setName] = useState('');
  const [values, setValues] = useState<Values>({});
  const [fault, setFault] = useState<string>();
  const types = useQuery(blocks.types()).data ?? [];
  const schema = useQuery({ ...blocks.schemaOf(type), enabled: type !== '' });
  const [newest] = schema.data ?? [];
  function choose(next: string): void {
    setType(next);
    setValues({});
    setFault(undefined);
  }
  const act: Act = createAct(name, newest ?? NO_SCHEMA, values, (id) => void navigate({ to: '/blocks/$id', params: { id } }));
  return (
    <ActDialog act={act} onClose={onClose} isReady={newest !== undefined && name !== '' && !fault} wide>
      <SelectField
        label="Type"
        value={type}
        choices={[['', 'Choose one'], ...types.map((each) => [each.id, each.name] as const)]}
        onChange={choose}
        hint={types.find(({ id }) => id === type)?.description?.split('\n')[0]}
      />
      <TextField label="Name" value={name} onChange={setName} hint="Lowercase letters, digits and dashes." />
      {type !== '' && (
        <Answer of={schema} height={120}>
          {([found]) =>
            found ? (
              <Fields
                schema={found}
                values={values}
                fault={fault}
                onChange={(next, wrong) => {
                  setValues(next);
                  setFault(wrong);
                }}
                key={found.id}
              />
            ) : (
              <Note>This type has no schema yet: register it from the program that has it.</Note>
            )
          }
        </Answer>
      )}
    </ActDialog>
  );
}

const NO_SCHEMA = { id: '', block_type_id: '', fields: {} } as unknown as BlockSchema;

/** A block with its secrets hidden: one that nobody types over stays as it is. */
export function EditBlock({ block: now, onClose }: Closing & { readonly block: Block }) {
  const [before] = useState(now);
  const [values, setValues] = useState<Values>(() => toChange(before));
  const [fault, setFault] = useState<string>();
  const isChanged = JSON.stringify(values) !== JSON.stringify(toChange(before));
  return (
    <ActDialog act={changeAct(before, values)} onClose={onClose} isReady={isChanged && !fault} wide>
      <Fields
        schema={before.block_schema}
        values={values}
        fault={fault}
        onChange={(next, wrong) => {
          setValues(next);
          setFault(wrong);
        }}
      />
    </ActDialog>
  );
}

interface FieldsProps {
  readonly schema: BlockSchema;
  readonly values: Values;
  readonly fault: string | undefined;
  readonly onChange: (values: Values, fault?: string) => void;
}

function Fields({ schema, values, fault, onChange }: FieldsProps) {
  const [form] = useState(() => formSchema(schema));
  return <ValuesForm title="Values" schema={form} value={values} onChange={onChange} fault={fault} refused={undefined} />;
}
