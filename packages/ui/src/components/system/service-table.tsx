import type { ServerStatus } from '../../api/admin.ts';
import { span } from '../../lib/format.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { When } from '../base/when.tsx';
import { time } from './status-facts.tsx';

type Service = ServerStatus['services'][number];

const maybe = (ms: number | null) => (ms === null ? <span className="quiet">–</span> : time(ms));

const columns = columnsOf<Service>((column) => [
  column.display({ id: 'name', header: 'Loop', cell: ({ row }) => <code>{row.original.name}</code> }),
  column.display({
    id: 'every',
    header: 'Every',
    cell: ({ row }) => span(row.original.every_seconds * 1000),
    meta: { align: 'end', wideOnly: true },
  }),
  column.display({
    id: 'last',
    header: 'Last turn',
    cell: ({ row }) => <When at={row.original.last_tick} />,
    meta: { width: '130px', narrow: '84px' },
  }),
  column.display({ id: 'lag', header: 'Late by', cell: ({ row }) => maybe(row.original.lag_ms), meta: { align: 'end', narrow: '68px' } }),
  column.display({ id: 'took', header: 'Took', cell: ({ row }) => maybe(row.original.took_ms), meta: { align: 'end', wideOnly: true } }),
  column.display({
    id: 'error',
    header: 'Last error',
    cell: ({ row }) => row.original.last_error ?? <span className="quiet">none</span>,
    meta: { width: '40%', narrow: '78px', wraps: true },
  }),
]);

/** Loops of the server: whether each turns, on time. */
export function ServiceTable({ services }: { readonly services: readonly Service[] }) {
  return <DataTable label="Loops" rows={services} columns={columns} rowKey={({ name }) => name} tone={toneOf} />;
}

/** A loop that missed a whole turn is late. */
const toneOf = ({ last_error, lag_ms, every_seconds }: Service): string =>
  last_error ? 'failed' : (lag_ms ?? 0) > every_seconds * 1000 ? 'late' : 'completed';
