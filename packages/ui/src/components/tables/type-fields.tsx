import { Plus, X } from 'lucide-react';
import type { WholeTableLoad } from '../../api/table-loads.ts';
import { Button, IconButton } from '../base/button.tsx';
import { FieldRow, SelectField, TextField } from '../base/field.tsx';
import styles from './type-fields.module.css';

type Columns = NonNullable<WholeTableLoad['details']>['columns'];
type Types = Readonly<Record<string, string>>;

interface TypeFieldsProps {
  readonly columns: Columns;
  readonly types: Types;
  readonly onChange: (types: Types) => void;
}

/** Columns that are to have another type: all is text in a file, so any type may be tried. */
export function TypeFields({ columns, types, onChange }: TypeFieldsProps) {
  const chosen = Object.entries(types);
  const free = columns.filter(({ name }) => !(name in types));
  const without = (name: string): Types => Object.fromEntries(chosen.filter(([each]) => each !== name));
  return (
    <div className={styles['fields']}>
      {chosen.map(([name, type], index) => (
        <FieldRow key={columns.findIndex((column) => column.name === name)}>
          <SelectField
            label="Column"
            value={name}
            choices={[name, ...free.map((column) => column.name)].map((each) => [each, each] as const)}
            onChange={(next) => onChange(Object.fromEntries(chosen.map((entry, place) => (place === index ? [next, typeOf(columns, next)] : entry))))}
          />
          <TextField label="Type" value={type} onChange={(next) => onChange({ ...types, [name]: next })} required />
          <IconButton label={`Leave ${name} as it is`} icon={X} className={styles['remove'] as string} onClick={() => onChange(without(name))} />
        </FieldRow>
      ))}
      {free[0] && (
        <Button icon={Plus} onClick={() => onChange({ ...types, [free[0]?.name as string]: 'VARCHAR' })}>
          Another type of a column
        </Button>
      )}
    </div>
  );
}

const typeOf = (columns: Columns, name: string): string => columns.find((column) => column.name === name)?.type ?? 'VARCHAR';
