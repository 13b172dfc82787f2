import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { admin } from '../api/admin.ts';
import { flowRuns } from '../api/flow-runs.ts';
import { type Worker as Record, workPools } from '../api/work-pools.ts';
import { ActButton } from '../components/acts/act-button.tsx';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Figures } from '../components/base/figures.tsx';
import { Empty, Note } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { When } from '../components/base/when.tsx';
import { RunTable } from '../components/flow-runs/run-table.tsx';
import { forgetAct } from '../components/workers/acts.ts';
import { Lane } from '../components/workers/lane.tsx';
import { WorkerStatus } from '../components/workers/worker-table.tsx';
import { WorkerVersion } from '../components/workers/worker-version.tsx';
import { usePart } from '../lib/address.ts';

const MOST = 60;

/** One worker: how it is, and what it ran. */
export function Worker() {
  const [pool, name] = [usePart('pool'), usePart('name')];
  const workers = useQuery(workPools.workers(pool));
  const runs = useQuery(flowRuns.page({ flow_runs: { worker_name: { any_: [name] } }, work_pools: { name: { any_: [pool] } }, limit: MOST }));
  return (
    <>
      <Answer of={workers} height={140}>
        {(all) => <Head pool={pool} name={name} worker={all.find((worker) => worker.name === name)} />}
      </Answer>
      <Answer of={runs} height={300}>
        {({ records: rows, reached }) => (
          <>
            {rows.length > 0 && (
              <Card title="What it ran">
                <Lane runs={rows} />
              </Card>
            )}
            <Card
              flush
              title="Runs, the newest first"
              actions={
                reached && (
                  <span className="quiet">
                    as far as <When at={reached} />
                  </span>
                )
              }
            >
              <RunTable label="Runs of the worker" runs={rows} empty={<Empty title="It has run nothing that is still stored" />} />
            </Card>
          </>
        )}
      </Answer>
    </>
  );
}

interface HeadProps {
  readonly pool: string;
  readonly name: string;
  readonly worker: Record | undefined;
}

function Head({ pool, name, worker }: HeadProps) {
  const navigate = useNavigate();
  return (
    <>
      <PageHead
        title={name}
        within={{ to: '/workers', title: 'Workers' }}
        about={
          <>
            {worker && <WorkerStatus worker={worker} />}
            <span>
              of{' '}
              <Link to="/work-pools/$name" params={{ name: pool }}>
                {pool}
              </Link>
            </span>
          </>
        }
        actions={worker && <ActButton act={forgetAct(pool, name, () => void navigate({ to: '/workers' }))} label="Forget" icon={Trash2} />}
      />
      {worker ? <Now worker={worker} /> : <Note>No worker of this name is known: it has gone, or was forgotten. What it ran is below.</Note>}
    </>
  );
}

function Now({ worker }: { readonly worker: Record }) {
  const { active_slots: used, concurrency_limit: limit, host, pid, heartbeat_interval_seconds: beat, created, status } = worker;
  const server = useQuery(admin.status()).data?.sluice_version;
  const isOnline = status === 'ONLINE';
  return (
    <Card>
      <Figures
        figures={[
          {
            label: 'runs now',
            value: isOnline && used !== null ? `${used} of ${limit ?? '?'}` : '–',
            tone: isOnline && used ? 'running' : undefined,
          },
          { label: beat ? `last heartbeat, one each ${beat} s` : 'last heartbeat', value: <When at={worker.last_heartbeat_time} /> },
          { label: 'host', value: host ?? '–' },
          { label: 'process', value: pid ?? '–' },
          {
            label: server && worker.version && worker.version !== server ? `version; the server is ${server}` : 'version',
            value: <WorkerVersion worker={worker} server={server} />,
          },
          { label: 'first seen', value: <When at={created} /> },
        ]}
      />
    </Card>
  );
}
