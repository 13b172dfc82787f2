import { useQuery } from '@tanstack/react-query';
import { deployments } from '../api/deployments.ts';
import { type FlowRun, flowRuns } from '../api/flow-runs.ts';
import { flows, type Flow as Record } from '../api/flows.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Figures } from '../components/base/figures.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { Tags } from '../components/base/tags.tsx';
import { DeploymentTable } from '../components/deployments/deployment-table.tsx';
import { LastRuns } from '../components/flow-runs/last-runs.tsx';
import { lengthOf, quantile } from '../components/flow-runs/length-of.ts';
import { TaskGrid } from '../components/flows/task-grid.tsx';
import { totalOf } from '../components/flows/total-of.ts';
import { usePart } from '../lib/address.ts';
import { span } from '../lib/format.ts';

const COLUMNS = 30;

/** One flow: what its tasks did in its last runs. */
export function Flow() {
  const flow = useQuery(flows.one(usePart()));
  return (
    <Answer of={flow} height={80}>
      {(flow) => <Page flow={flow} />}
    </Answer>
  );
}

function Page({ flow }: { readonly flow: Record }) {
  const ofFlow = { flows: { id: { any_: [flow.id] } } };
  const runs = useQuery(flowRuns.list({ ...ofFlow, limit: COLUMNS }));
  const mine = useQuery(deployments.list(ofFlow));
  const empty = (
    <Empty title="No run yet" command={`npx sluice deployment run ${flow.name}/${mine.data?.[0]?.name ?? 'DEPLOYMENT'}`}>
      Run one of its deployments.
    </Empty>
  );
  return (
    <>
      <PageHead title={flow.name} within={{ to: '/flows', title: 'Flows' }} about={<Tags tags={flow.tags} />} />
      <Answer of={runs} height={400}>
        {(rows) => (
          <>
            {rows.length > 0 && (
              <Card title="Tasks of its last runs">
                <RunFigures runs={rows} flowId={flow.id} />
                <TaskGrid runs={rows.toReversed()} />
              </Card>
            )}
            <Card flush title="Deployments">
              <Answer of={mine} height={80}>
                {(deployments) => (
                  <DeploymentTable
                    deployments={deployments}
                    empty={
                      <Empty title="No deployment" command="npx sluice deploy">
                        It can be run by itself only.
                      </Empty>
                    }
                  />
                )}
              </Answer>
            </Card>
            <LastRuns label="Runs of the flow" runs={rows} search={{ flow: flow.id }} empty={empty} />
          </>
        )}
      </Answer>
    </>
  );
}

function RunFigures({ runs, flowId }: { readonly runs: readonly FlowRun[]; readonly flowId: string }) {
  const total = useQuery(flowRuns.summary({ flows: { id: { any_: [flowId] } } })).data;
  const lengths = runs.flatMap((run) => (run.state_type === 'COMPLETED' ? [lengthOf(run) ?? 0] : []));
  const ended = runs.filter(({ end_time }) => end_time);
  const good = ended.filter(({ state_type }) => state_type === 'COMPLETED').length;
  const lasting = (part: number) => (lengths.length > 0 ? span(quantile(lengths, part) ?? 0) : '–');
  return (
    <Figures
      figures={[
        { label: 'runs', value: total ? totalOf(total) : '…' },
        { label: `of the last ${ended.length} completed`, value: ended.length > 0 ? `${Math.round((good / ended.length) * 100)} %` : '–' },
        { label: 'p50', value: lasting(0.5) },
        { label: 'p95', value: lasting(0.95) },
      ]}
    />
  );
}
