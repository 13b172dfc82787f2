import { useMemo } from 'react';
import type { WholeTableLoad } from '../../api/table-loads.ts';
import { count } from '../../lib/format.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';

type Details = NonNullable<WholeTableLoad['details']>;

interface Row {
  readonly name: string;
  readonly from: string;
  readonly type: string;
  readonly done: string;
  readonly filled: string | null;
}

const columns = columnsOf<Row>((column) => [
  column.display({ id: 'name', header: 'Column', cell: ({ row }) => row.original.name }),
  column.display({ id: 'type', header: 'Type', cell: ({ row }) => <code>{row.original.type}</code> }),
  column.display({ id: 'from', header: 'In the source', cell: ({ row }) => <span className="quiet">{row.original.from}</span> }),
  column.display({ id: 'filled', header: 'Values', cell: ({ row }) => row.original.filled ?? '–', meta: { align: 'end', wideOnly: true } }),
  column.display({
    id: 'done',
    header: 'What was done to it',
    cell: ({ row }) => <span title={row.original.done}>{row.original.done}</span>,
    meta: { wideOnly: true },
  }),
]);

/** Columns of a table with their types, here and in the source, and what a load says of them. */
export function ColumnsTable({ details }: { readonly details: Details }) {
  const rows = useMemo(() => details.columns.map((column) => toRow(column, details)), [details]);
  const left = details.columns_total - details.columns.length;
  return (
    <>
      <DataTable label="Columns" rows={rows} columns={columns} rowKey={({ name }) => name} />
      {left > 0 && <p className="quiet">And {count(left)} more.</p>}
    </>
  );
}

function toRow({ name, source_name, source_type, type }: Details['columns'][number], { notes, sums }: Details): Row {
  const own = notes.filter((note) => note.startsWith(`Column ${name} `) || note.startsWith(`Column ${source_name} `));
  const renamed = source_name === name ? [] : [`Called ${source_name} in the source.`];
  const filled = sums[name]?.['n'];
  return {
    name,
    type,
    from: source_name === name ? source_type : `${source_name} ${source_type}`,
    filled: filled ? count(Number(filled)) : null,
    done: [...renamed, ...own.map((note) => note.replace(/^Column \S+ /, ''))].join(' '),
  };
}
