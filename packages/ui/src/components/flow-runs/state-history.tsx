import type { RouteOutput } from '@sluice/core/api/routes';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { flowRuns } from '../../api/flow-runs.ts';
import { Answer } from '../base/answer.tsx';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { StateBadge } from '../base/state-badge.tsx';
import { Lasting, When } from '../base/when.tsx';
import styles from './state-history.module.css';

export type State = RouteOutput<'GET /flow_run_states/'>[number];

interface Row {
  readonly state: State;
  /** When the next one came; null for the last one. */
  readonly until: string | null;
  readonly isEnd: boolean;
}

const columns = columnsOf<Row>((column) => [
  column.display({
    id: 'state',
    header: 'State',
    cell: ({ row: { original } }) => <StateBadge run={{ state_type: original.state.type, state_name: original.state.name }} />,
    meta: { width: '170px', narrow: '116px' },
  }),
  column.display({
    id: 'at',
    header: 'Since',
    cell: ({ row }) => <When at={row.original.state.timestamp} />,
    meta: { width: '170px', narrow: '88px' },
  }),
  column.display({
    id: 'lasted',
    header: 'Lasted',
    cell: ({ row: { original } }) => (original.isEnd ? '–' : <Lasting from={original.state.timestamp} to={original.until} />),
    meta: { align: 'end', width: '100px', narrow: '72px' },
  }),
  column.display({ id: 'message', header: 'Message', cell: ({ row }) => <span className={styles['message']}>{row.original.state.message}</span> }),
]);

const ENDS = ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'];

/** All states of a run, the first first: when, how long, and what each says. */
export function StateTable({ states }: { readonly states: readonly State[] }) {
  const rows = useMemo(
    () =>
      states.map((state, index) => {
        const until = states[index + 1]?.timestamp ?? null;
        return { state, until, isEnd: until === null && ENDS.includes(state.type) };
      }),
    [states],
  );
  return <DataTable label="States" rows={rows} columns={columns} rowKey={({ state }) => state.id} />;
}

export function StateHistory({ id }: { readonly id: string }) {
  const states = useQuery(flowRuns.states(id));
  return (
    <Answer of={states} height={200}>
      {(states) => <StateTable states={states} />}
    </Answer>
  );
}
