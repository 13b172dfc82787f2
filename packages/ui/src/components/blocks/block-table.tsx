import { Link } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Block } from '../../api/blocks.ts';
import type { Act } from '../acts/act.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { IconButton } from '../base/button.tsx';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { When } from '../base/when.tsx';
import { deleteAct } from './acts.ts';

const columns = columnsOf<Block>((column) => [
  column.display({ id: 'name', header: 'Block', cell: ({ row }) => <Name {...row.original} />, meta: { width: '34%', narrow: '70%' } }),
  column.display({
    id: 'can',
    header: 'What it can do',
    cell: ({ row }) => row.original.block_schema.capabilities.join(', ') || <span className="quiet">–</span>,
    meta: { wideOnly: true },
  }),
  column.display({
    id: 'updated',
    header: 'Changed',
    cell: ({ row }) => <When at={row.original.updated} />,
    meta: { wideOnly: true, width: '140px' },
  }),
  column.display({
    id: 'acts',
    header: () => <span className="hidden-text">What can be done</span>,
    cell: ({ row }) => <Acts block={row.original} />,
    meta: { align: 'end', width: '60px' },
  }),
]);

/** Blocks of one type. */
export const BlockTable = ({ type, blocks }: { readonly type: string; readonly blocks: readonly Block[] }) => (
  <DataTable label={type} rows={blocks} columns={columns} rowKey={({ id }) => id} />
);

const Name = ({ id, name }: Block) => (
  <Link to="/blocks/$id" params={{ id }}>
    {name}
  </Link>
);

function Acts({ block }: { readonly block: Block }) {
  const [act, setAct] = useState<Act>();
  return (
    <>
      <IconButton label={`Delete ${block.name}`} icon={Trash2} onClick={() => setAct(deleteAct(block))} />
      <ActDialog act={act} onClose={() => setAct(undefined)} />
    </>
  );
}
