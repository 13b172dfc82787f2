import { Link } from '@tanstack/react-router';
import { Pencil, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { Variable } from '../../api/variables.ts';
import type { Act } from '../acts/act.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { IconButton } from '../base/button.tsx';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Tags } from '../base/tags.tsx';
import { When } from '../base/when.tsx';
import { deleteAct } from './acts.ts';
import { EditVariable } from './variable-dialogs.tsx';

/** So much of a value stands in a row. */
const SHOWN = 200;

const columns = columnsOf<Variable>((column) => [
  column.display({ id: 'name', header: 'Name', cell: ({ row }) => <Name {...row.original} />, meta: { narrow: '38%' } }),
  column.display({ id: 'value', header: 'Value', cell: ({ row }) => <code>{JSON.stringify(row.original.value).slice(0, SHOWN)}</code> }),
  column.display({ id: 'tags', header: 'Tags', cell: ({ row }) => <Tags tags={row.original.tags} />, meta: { wideOnly: true } }),
  column.display({
    id: 'updated',
    header: 'Changed',
    cell: ({ row }) => <When at={row.original.updated} />,
    meta: { wideOnly: true, width: '130px' },
  }),
  column.display({
    id: 'acts',
    header: () => <span className="hidden-text">What can be done</span>,
    cell: ({ row }) => <Acts variable={row.original} />,
    meta: { align: 'end', width: '92px' },
  }),
]);

interface VariableTableProps {
  readonly variables: readonly Variable[];
  readonly empty: ReactNode;
}

/** Variables with their values, in rows. */
export const VariableTable = ({ variables, empty }: VariableTableProps) => (
  <DataTable label="Variables" rows={variables} columns={columns} rowKey={({ id }) => id} empty={empty} />
);

/** The whole of it: an address of its own, to be sent to somebody. */
const Name = ({ id, name }: Variable) => (
  <Link to="/variables" search={(before: object) => ({ ...before, edit: id })}>
    {name}
  </Link>
);

function Acts({ variable }: { readonly variable: Variable }) {
  const [isEditing, setEditing] = useState(false);
  const [act, setAct] = useState<Act>();
  return (
    <>
      <IconButton label={`Edit ${variable.name}`} icon={Pencil} onClick={() => setEditing(true)} />
      <IconButton label={`Delete ${variable.name}`} icon={Trash2} onClick={() => setAct(deleteAct(variable))} />
      {isEditing && <EditVariable variable={variable} onClose={() => setEditing(false)} />}
      <ActDialog act={act} onClose={() => setAct(undefined)} />
    </>
  );
}
