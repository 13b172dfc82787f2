import { Link } from '@tanstack/react-router';
import type { TableLoad } from '../../api/table-loads.ts';
import { bytes, compact, count } from '../../lib/format.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { When } from '../base/when.tsx';
import { Verified } from './verified.tsx';

const columns = columnsOf<TableLoad>((column) => [
  column.display({
    id: 'table',
    header: 'Table',
    cell: ({ row: { original: load } }) => (
      <Link to="/tables/$name" params={{ name: load.table }} search={{ warehouse: load.warehouse }}>
        {load.table}
      </Link>
    ),
  }),
  column.display({ id: 'rows', header: 'Rows', cell: ({ row }) => count(row.original.rows_loaded), meta: { align: 'end', narrow: '74px' } }),
  column.display({
    id: 'quarantined',
    header: 'Quarantined',
    cell: ({ row }) => (row.original.rows_quarantined > 0 ? count(row.original.rows_quarantined) : <span className="quiet">–</span>),
    meta: { align: 'end', narrow: '94px' },
  }),
  column.display({ id: 'verified', header: 'Verified', cell: ({ row }) => <Verified load={row.original} />, meta: { wideOnly: true } }),
  column.display({
    id: 'speed',
    header: 'Rows/s',
    cell: ({ row }) => ofWhole(row.original, (load) => compact(rowsPerSecond(load))),
    meta: { align: 'end', wideOnly: true },
  }),
  column.display({
    id: 'bytes',
    header: 'Bytes',
    cell: ({ row }) => ofWhole(row.original, (load) => bytes(load.bytes)),
    meta: { align: 'end', wideOnly: true },
  }),
  column.display({ id: 'source', header: 'Source', cell: ({ row }) => row.original.source ?? '–', meta: { wideOnly: true } }),
  column.display({ id: 'worker', header: 'Worker', cell: ({ row }) => row.original.worker_name ?? '–', meta: { wideOnly: true } }),
  column.display({ id: 'when', header: 'Loaded', cell: ({ row }) => <When at={row.original.committed} />, meta: { width: '150px', wideOnly: true } }),
]);

type Read = Pick<TableLoad, 'rows_read' | 'bytes' | 'seconds'>;

/** Mended rows that were added say nothing of the table: the load that has read it does. */
function ofWhole(load: TableLoad, textOf: (load: Read) => string): string {
  const whole = load.replay_of === null ? load : load.whole_load;
  return whole ? textOf(whole) : '–';
}

export const rowsPerSecond = ({ rows_read, seconds }: Pick<Read, 'rows_read' | 'seconds'>): number =>
  seconds > 0 ? Math.round(rows_read / seconds) : 0;

/** How a table stands, as the colour at the edge of its row. */
const toneOf = ({ verified, rows_quarantined }: TableLoad): string => (!verified ? 'failed' : rows_quarantined > 0 ? 'late' : 'completed');

/** Tables with their newest loads. */
export function TableList({ loads }: { readonly loads: readonly TableLoad[] }) {
  return <DataTable label="Tables" rows={loads} columns={columns} rowKey={({ warehouse, table }) => `${warehouse} ${table}`} tone={toneOf} />;
}
