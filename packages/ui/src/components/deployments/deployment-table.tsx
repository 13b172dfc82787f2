import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { Deployment } from '../../api/deployments.ts';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import { useFlowNames } from '../../api/flows.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Sign, Tags } from '../base/tags.tsx';
import { When } from '../base/when.tsx';
import { useRecentRuns } from '../flow-runs/recent-runs.ts';
import { RunBars } from '../flow-runs/run-bars.tsx';
import { RunButton } from './run-button.tsx';

interface Row {
  readonly deployment: Deployment;
  readonly flow: string | undefined;
  /** Undefined while they are asked for, or when none of the newest runs is one of it. */
  readonly recent: readonly FlowRun[] | undefined;
  readonly isKnown: boolean;
}

const columns = columnsOf<Row>((column) => [
  column.display({ id: 'name', header: 'Deployment', cell: ({ row }) => <Name {...row.original} /> }),
  column.display({ id: 'flow', header: 'Flow', cell: ({ row }) => <FlowLink {...row.original} />, meta: { wideOnly: true } }),
  column.display({ id: 'pool', header: 'Work pool', cell: ({ row }) => <Pool {...row.original} />, meta: { wideOnly: true } }),
  column.display({ id: 'runs', header: 'Last runs', cell: ({ row }) => <Last {...row.original} />, meta: { width: '150px', narrow: '112px' } }),
  column.display({ id: 'last', header: 'Newest', cell: ({ row }) => <Newest {...row.original} />, meta: { width: '120px', wideOnly: true } }),
  column.display({ id: 'next', header: 'Next', cell: ({ row }) => <Next {...row.original} />, meta: { width: '110px', wideOnly: true } }),
  column.display({ id: 'tags', header: 'Tags', cell: ({ row }) => <Tags tags={row.original.deployment.tags} />, meta: { wideOnly: true } }),
  column.display({
    id: 'run',
    header: () => <span className="hidden-text">Run</span>,
    cell: ({ row }) => <RunButton deployment={row.original.deployment} flow={row.original.flow} isSmall />,
    meta: { width: '60px', align: 'end' },
  }),
]);

const deploymentOf = ({ deployment_id }: FlowRun) => deployment_id;

interface DeploymentTableProps {
  readonly deployments: readonly Deployment[];
  /** Names of their flows by the ids, when they are known: else they are asked for. */
  readonly flowNames?: Readonly<Record<string, string>>;
  readonly empty?: ReactNode;
}

const NO_IDS: readonly string[] = [];

/** Deployments with what they did last. */
export function DeploymentTable({ deployments, flowNames, empty }: DeploymentTableProps) {
  const flows = useFlowNames(useMemo(() => (flowNames ? NO_IDS : deployments.map(({ flow_id }) => flow_id)), [deployments, flowNames]));
  const recent = useRecentRuns(deploymentOf);
  const rows = useMemo(
    () =>
      deployments.map((deployment) => ({
        deployment,
        flow: flowNames?.[deployment.flow_id] ?? flows.get(deployment.flow_id),
        recent: recent?.get(deployment.id),
        isKnown: recent !== undefined,
      })),
    [deployments, flows, flowNames, recent],
  );
  return <DataTable label="Deployments" rows={rows} columns={columns} rowKey={({ deployment }) => deployment.id} empty={empty} />;
}

function Name({ deployment: { id, name, paused } }: Row) {
  return (
    <>
      <Link to="/deployments/$id" params={{ id }}>
        {name}
      </Link>{' '}
      {paused && <Sign tone="pending">paused</Sign>}
    </>
  );
}

function FlowLink({ deployment: { flow_id }, flow }: Row) {
  return (
    <Link to="/flows/$id" params={{ id: flow_id }}>
      {flow ?? '…'}
    </Link>
  );
}

function Pool({ deployment: { work_pool_name: pool, work_queue_name: queue } }: Row) {
  if (!pool) return <span className="quiet">none</span>;
  return (
    <>
      <Link to="/work-pools/$name" params={{ name: pool }}>
        {pool}
      </Link>
      {queue && queue !== 'default' && <span className="quiet"> / {queue}</span>}
    </>
  );
}

const FEW = 16;

/** Its newest runs: those that are known, or else asked for. */
function useLastRuns({ deployment: { id }, recent, isKnown }: Row): readonly FlowRun[] {
  const own = useQuery({ ...flowRuns.list({ flow_runs: { deployment_id: { any_: [id] } }, limit: FEW }), enabled: isKnown && !recent });
  return recent ?? own.data ?? [];
}

const Last = (row: Row) => <RunBars runs={useLastRuns(row)} />;

const Newest = (row: Row) => <When at={useLastRuns(row).find(({ start_time }) => start_time)?.start_time} />;

/** When the first of its runs that wait for their time is due. */
function Next(row: Row) {
  const due = useLastRuns(row)
    .flatMap(({ state_type, next_scheduled_start_time: at }) => (state_type === 'SCHEDULED' && at ? [at] : []))
    .sort();
  return <When at={due[0]} />;
}
