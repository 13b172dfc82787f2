import { isFinal } from '@sluice/core/model/state-type';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import { useFlowNames } from '../../api/flows.ts';
import { lookOf } from '../../lib/states.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { StateBadge } from '../base/state-badge.tsx';
import { Lasting, When } from '../base/when.tsx';
import styles from './run-table.module.css';
import { whatOf } from './what-of.ts';

const columns = columnsOf<Row>((column) => [
  column.display({
    id: 'state',
    header: 'State',
    cell: ({ row }) => <StateBadge run={row.original.run} />,
    meta: { width: '130px', narrow: '130px' },
  }),
  column.display({ id: 'name', header: 'Run', cell: ({ row }) => <RunName {...row.original} /> }),
  column.display({ id: 'what', header: 'Of', cell: ({ row }) => whatOf(row.original.run), meta: { wideOnly: true } }),
  column.display({ id: 'worker', header: 'Worker', cell: ({ row }) => row.original.run.worker_name ?? '–', meta: { wideOnly: true } }),
  column.display({
    id: 'when',
    header: 'Due',
    cell: ({ row }) => <When at={row.original.run.expected_start_time} />,
    meta: { width: '150px', narrow: '104px' },
  }),
  column.display({
    id: 'took',
    header: 'Took',
    cell: ({ row }) => <Lasting from={row.original.run.start_time} to={isFinal(row.original.run.state_type) ? row.original.run.end_time : null} />,
    meta: { align: 'end', width: '90px', wideOnly: true },
  }),
  column.display({ id: 'note', header: 'Note', cell: ({ row }) => <RunNote run={row.original.run} />, meta: { wideOnly: true } }),
]);

interface Row {
  readonly run: FlowRun;
  readonly flow: string | undefined;
}

interface RunTableProps {
  readonly label: string;
  readonly runs: readonly FlowRun[];
  /** Names of their flows by the ids, when they are known: else they are asked for. */
  readonly flowNames?: Readonly<Record<string, string>>;
  readonly empty?: ReactNode;
}

const NO_IDS: readonly string[] = [];

export function RunTable({ label, runs, flowNames, empty }: RunTableProps) {
  const flows = useFlowNames(useMemo(() => (flowNames ? NO_IDS : runs.map(({ flow_id }) => flow_id)), [runs, flowNames]));
  const rows = useMemo(() => runs.map((run) => ({ run, flow: flowNames?.[run.flow_id] ?? flows.get(run.flow_id) })), [runs, flows, flowNames]);
  return <DataTable label={label} rows={rows} columns={columns} rowKey={({ run }) => run.id} tone={({ run }) => lookOf(run).tone} empty={empty} />;
}

function RunName({ run, flow }: Row) {
  return (
    <span className={styles['name']}>
      <Link to="/runs/$id" params={{ id: run.id }}>
        {run.name}
      </Link>
      <span className="quiet">{flow}</span>
    </span>
  );
}

/** Why it does not go on, or what its state says. */
function RunNote({ run }: { readonly run: FlowRun }) {
  const isWaiting = run.state_type === 'SCHEDULED' || run.state_type === 'PAUSED' || run.waiting_on !== null;
  const why = useQuery({ ...flowRuns.waitReasonOfRow(run.id), enabled: isWaiting }).data;
  return <span className="quiet">{isWaiting ? why?.reason : run.state_type === 'COMPLETED' ? '' : run.state?.message}</span>;
}
