import type { QuarantineRow } from '../../api/table-loads.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';

const columns = columnsOf<QuarantineRow>((column) => [
  column.display({ id: 'line', header: 'Line', cell: ({ row }) => row.original.line ?? '–', meta: { align: 'end', width: '90px' } }),
  column.display({ id: 'reason', header: 'Reason', cell: ({ row }) => <Reason {...row.original} /> }),
  column.display({ id: 'raw', header: 'Raw text', cell: ({ row }) => <code title={row.original.raw ?? ''}>{row.original.raw}</code> }),
]);

function Reason({ column, reason, mended }: QuarantineRow) {
  return (
    <span title={reason ?? ''}>
      {column !== null && <b>{column}: </b>}
      {reason}
      {mended !== null && <span className="quiet"> (of “{mended}”)</span>}
    </span>
  );
}

/** Rows that could not be kept, with the reason. */
export function QuarantineTable({ rows }: { readonly rows: readonly QuarantineRow[] }) {
  return <DataTable label="Quarantine" rows={rows} columns={columns} rowKey={({ id }) => id} />;
}
