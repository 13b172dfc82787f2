import type { BoardRun } from '@sluice/core/model/board';
import { Link } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import type { Span } from '../../graph/scale.ts';
import { count } from '../../lib/format.ts';
import { lookOf } from '../../lib/states.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { StateBadge } from '../base/state-badge.tsx';
import { Lasting } from '../base/when.tsx';

const last = (run: BoardRun) => run.attempts.at(-1);

const columns = columnsOf<BoardRun>((column) => [
  column.display({ id: 'state', header: 'State', cell: ({ row }) => <StateBadge run={row.original} />, meta: { width: '130px', narrow: '116px' } }),
  column.display({
    id: 'run',
    header: 'Run',
    cell: ({ row: { original: run } }) => (
      <Link to="/runs/$id" params={{ id: run.id }}>
        {run.table ?? run.flow_name}
      </Link>
    ),
  }),
  column.display({ id: 'worker', header: 'Worker', cell: ({ row }) => last(row.original)?.worker ?? '–', meta: { wideOnly: true } }),
  column.display({
    id: 'attempt',
    header: 'Attempt',
    cell: ({ row }) => last(row.original)?.number ?? '',
    meta: { align: 'end', width: '80px', wideOnly: true },
  }),
  column.display({
    id: 'queue',
    header: 'Queued',
    cell: ({ row }) => {
      const attempt = last(row.original);
      return <Lasting from={attempt?.queued ?? row.original.queued} to={attempt?.claimed ?? null} />;
    },
    meta: { align: 'end', width: '100px', wideOnly: true },
  }),
  column.display({
    id: 'took',
    header: 'Took',
    cell: ({ row }) => {
      const attempt = last(row.original);
      return attempt ? <Lasting from={attempt.start ?? attempt.claimed} to={attempt.end} /> : '';
    },
    meta: { align: 'end', width: '100px', narrow: '70px' },
  }),
  column.display({
    id: 'rows',
    header: 'Rows',
    cell: ({ row }) => (row.original.rows ? count(row.original.rows.done) : ''),
    meta: { align: 'end', width: '120px', narrow: '76px' },
  }),
  column.display({ id: 'rate', header: 'Rows/s', cell: ({ row }) => rateOf(row.original), meta: { align: 'end', width: '100px', wideOnly: true } }),
]);

/** Over the last stay on a worker; of what has not ended the picture tells. */
function rateOf(run: BoardRun): string {
  const attempt = last(run);
  if (!run.rows || !attempt?.start || !attempt.end) return '';
  return count(Math.round(run.rows.done / Math.max(0.001, (Date.parse(attempt.end) - Date.parse(attempt.start)) / 1000)));
}

const NONE: readonly BoardRun[] = [];

/** The runs of a board, or of the stretch of it that is looked at. */
export function BoardTable({ runs, span }: { readonly runs: readonly BoardRun[]; readonly span: Span | undefined }) {
  const shown = useMemo(() => {
    const isWithin = ({ attempts, queued }: BoardRun) =>
      !span ||
      attempts.some(({ claimed, end }) => Date.parse(claimed) <= span.to && (end === null || Date.parse(end) >= span.from)) ||
      (queued !== null && Date.parse(queued) <= span.to);
    return runs.filter(isWithin);
  }, [runs, span]);
  // The picture first: thousands of rows would be drawn before it.
  const rows = useDeferredValue(shown, NONE);
  return <DataTable label="Runs of the board" rows={rows} columns={columns} rowKey={({ id }) => id} tone={(run) => lookOf(run).tone} />;
}
