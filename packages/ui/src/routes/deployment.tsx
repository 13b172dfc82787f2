import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Pause, Play, Trash2 } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { deployments, type Deployment as Record } from '../api/deployments.ts';
import { flowRuns } from '../api/flow-runs.ts';
import { flows } from '../api/flows.ts';
import { ActButton } from '../components/acts/act-button.tsx';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { Tabs } from '../components/base/tabs.tsx';
import { Sign, Tags } from '../components/base/tags.tsx';
import { deleteAct, nameOf, pauseAct } from '../components/deployments/acts.ts';
import { Configuration } from '../components/deployments/configuration.tsx';
import { EditDeployment } from '../components/deployments/edit-deployment.tsx';
import { ParameterTable } from '../components/deployments/parameter-table.tsx';
import { RunButton } from '../components/deployments/run-button.tsx';
import { DurationChart } from '../components/flow-runs/duration-chart.tsx';
import { LastRuns } from '../components/flow-runs/last-runs.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { useAddress, useChangeAddress, usePart } from '../lib/address.ts';
import { id, oneOf, searchOf } from '../lib/search.ts';

const Schedules = lazy(async () => ({ default: (await import('../components/schedules/schedules.tsx')).Schedules }));

const deploymentSearch = searchOf({ tab: oneOf(['runs', 'schedules', 'parameters', 'configuration']), like: id });
type DeploymentSearch = ReturnType<typeof deploymentSearch>;

const MOST = 40;

/** One deployment: its runs, what they take, and how it runs them. */
export function Deployment() {
  const deployment = useQuery(deployments.one(usePart()));
  return (
    <Answer of={deployment} height={80}>
      {(deployment) => <Page deployment={deployment} />}
    </Answer>
  );
}

function Page({ deployment }: { readonly deployment: Record }) {
  const { tab, faults } = useAddress(deploymentSearch);
  const change = useChangeAddress<DeploymentSearch>();
  const flow = useQuery(flows.one(deployment.flow_id)).data?.name;
  return (
    <>
      <Head deployment={deployment} flow={flow} />
      <SearchFaults faults={faults} />
      {deployment.description && <p>{deployment.description}</p>}
      <Tabs
        value={tab ?? 'runs'}
        onChange={(value) => change({ tab: value === 'runs' ? undefined : (value as DeploymentSearch['tab']) })}
        tabs={[
          { value: 'runs', label: 'Runs', content: <Runs deployment={deployment} flow={flow} /> },
          { value: 'schedules', label: <ScheduleLabel deployment={deployment} />, content: <ScheduleTab deployment={deployment} flow={flow} /> },
          { value: 'parameters', label: 'Parameters', content: <ParameterTable deployment={deployment} /> },
          { value: 'configuration', label: 'Configuration', content: <Configuration deployment={deployment} /> },
        ]}
      />
    </>
  );
}

/** With how many it has. */
const ScheduleLabel = ({ deployment: { schedules } }: { readonly deployment: Record }) =>
  `Schedules${schedules.length > 0 ? ` ${schedules.length}` : ''}`;

interface PartProps {
  readonly deployment: Record;
  readonly flow: string | undefined;
}

function Head({ deployment, flow }: PartProps) {
  const { like } = useAddress(deploymentSearch);
  const change = useChangeAddress<DeploymentSearch>();
  const navigate = useNavigate();
  const { paused, work_pool_name: pool, work_queue_name: queue, concurrency_limit: limit } = deployment;
  const about = (
    <>
      {paused && <Sign tone="pending">paused</Sign>}
      <span>
        flow{' '}
        <Link to="/flows/$id" params={{ id: deployment.flow_id }}>
          {flow ?? '…'}
        </Link>
      </span>
      <span>
        {pool ? 'in ' : 'in no work pool: no worker takes its runs'}
        {pool && (
          <Link to="/work-pools/$name" params={{ name: pool }}>
            {pool}
          </Link>
        )}
        {queue && ` / ${queue}`}
      </span>
      {limit !== null && <span>at most {limit} active</span>}
      <Tags tags={deployment.tags} />
    </>
  );
  const actions = (
    <>
      <RunButton deployment={deployment} flow={flow} like={like} onClose={() => like && change({ like: undefined })} key={like} />
      <ActButton act={pauseAct(deployment, flow)} label={paused ? 'Resume' : 'Pause'} icon={paused ? Play : Pause} />
      <EditDeployment deployment={deployment} flow={flow} />
      <ActButton act={deleteAct(deployment, flow, () => void navigate({ to: '/deployments' }))} label="Delete" icon={Trash2} />
    </>
  );
  return <PageHead title={deployment.name} within={{ to: '/deployments', title: 'Deployments' }} about={about} actions={actions} />;
}

const ScheduleTab = ({ deployment, flow }: PartProps) => (
  <Suspense fallback={<div style={{ height: 200 }} />}>
    <Schedules deployment={deployment} name={nameOf(deployment, flow)} />
  </Suspense>
);

function Runs({ deployment, flow }: PartProps) {
  const runs = useQuery(flowRuns.list({ flow_runs: { deployment_id: { any_: [deployment.id] } }, limit: MOST }));
  const empty = (
    <Empty title="No run yet" command={`npx sluice deployment run ${nameOf(deployment, flow)} --watch`}>
      Press Run, or start one on the command line.
    </Empty>
  );
  return (
    <Answer of={runs} height={400}>
      {(rows) => (
        <>
          {rows.length > 0 && (
            <Card title="How long its last runs took">
              <DurationChart runs={rows.toReversed()} />
            </Card>
          )}
          <LastRuns label="Runs of the deployment" runs={rows} search={{ deployment: deployment.id }} empty={empty} />
        </>
      )}
    </Answer>
  );
}
