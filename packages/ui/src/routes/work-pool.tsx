import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Pause, Pencil, Play, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { deployments } from '../api/deployments.ts';
import { flowRuns } from '../api/flow-runs.ts';
import { limits } from '../api/limits.ts';
import { type WorkPool as Record, workPools } from '../api/work-pools.ts';
import { ActButton } from '../components/acts/act-button.tsx';
import { Answer } from '../components/base/answer.tsx';
import { Button } from '../components/base/button.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { DeploymentTable } from '../components/deployments/deployment-table.tsx';
import { RunTable } from '../components/flow-runs/run-table.tsx';
import { deletePool, pausePool } from '../components/work-pools/acts.ts';
import { NoWorker } from '../components/work-pools/no-worker.tsx';
import { CreateQueue, EditPool } from '../components/work-pools/pool-dialogs.tsx';
import { PoolSlots } from '../components/work-pools/pool-slots.tsx';
import { PoolStatus } from '../components/work-pools/pool-status.tsx';
import { QueueTable } from '../components/work-pools/queue-table.tsx';
import { useLateRuns } from '../components/work-pools/use-late-runs.ts';
import { WorkerTable, workerRows } from '../components/workers/worker-table.tsx';
import { usePart } from '../lib/address.ts';

/** One work pool: its slots, queues and workers. */
export function WorkPool() {
  const pool = useQuery(workPools.one(usePart('name')));
  return (
    <Answer of={pool} height={80}>
      {(pool) => <Page pool={pool} />}
    </Answer>
  );
}

function Page({ pool }: { readonly pool: Record }) {
  const use = useQuery(limits.use({ kind: 'work_pool', id: pool.id }));
  const workers = useQuery(workPools.workers(pool.name));
  const late = useLateRuns(pool.name);
  const inUse = use.data?.[0];
  return (
    <>
      <Head pool={pool} />
      {pool.description && <p>{pool.description}</p>}
      {workers.data && <NoWorker pool={pool.name} workers={workers.data} waiting={inUse?.waiting ?? 0} />}
      <Card title="Slots">
        <Answer of={use} height={110}>
          {([use]) => use && <PoolSlots use={use} workers={workers.data ?? []} late={[...late.values()].reduce((sum, of) => sum + of, 0)} />}
        </Answer>
      </Card>
      <Queues pool={pool} late={late} />
      <Card flush title="Workers">
        <Answer of={workers} height={120}>
          {(all) => (
            <WorkerTable
              rows={workerRows(pool.name, all, inUse)}
              empty={<Empty title="No worker yet" command={`npx sluice worker start --pool ${pool.name}`} />}
            />
          )}
        </Answer>
      </Card>
      <Below pool={pool} />
    </>
  );
}

function Head({ pool }: { readonly pool: Record }) {
  const navigate = useNavigate();
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      <PageHead
        title={pool.name}
        within={{ to: '/work-pools', title: 'Work pools' }}
        about={
          <>
            <PoolStatus pool={pool} />
            <span>type {pool.type}</span>
          </>
        }
        actions={
          <>
            <ActButton act={pausePool(pool)} label={pool.is_paused ? 'Resume' : 'Pause'} icon={pool.is_paused ? Play : Pause} />
            <Button icon={Pencil} onClick={() => setEditing(true)}>
              Edit
            </Button>
            <ActButton act={deletePool(pool, () => void navigate({ to: '/work-pools' }))} label="Delete" icon={Trash2} />
          </>
        }
      />
      {isEditing && <EditPool pool={pool} onClose={() => setEditing(false)} />}
    </>
  );
}

function Queues({ pool, late }: { readonly pool: Record; readonly late: ReadonlyMap<string | null, number> }) {
  const queues = useQuery(workPools.queues(pool.name));
  const [isCreating, setCreating] = useState(false);
  return (
    <Card
      flush
      title="Queues"
      actions={
        <Button icon={Plus} onClick={() => setCreating(true)}>
          New queue
        </Button>
      }
    >
      <Answer of={queues} height={120}>
        {(rows) => <QueueTable queues={rows} late={late} />}
      </Answer>
      {isCreating && <CreateQueue pool={pool.name} onClose={() => setCreating(false)} />}
    </Card>
  );
}

const FEW = 15;

function Below({ pool: { name } }: { readonly pool: Record }) {
  const inPool = { work_pools: { name: { any_: [name] } } };
  const runs = useQuery(flowRuns.list({ ...inPool, limit: FEW }));
  const mine = useQuery(deployments.list(inPool));
  return (
    <>
      <Card flush title="Deployments">
        <Answer of={mine} height={120}>
          {(rows) => <DeploymentTable deployments={rows} empty={<Empty title="No deployment sends runs here" command="npx sluice deploy" />} />}
        </Answer>
      </Card>
      <Card
        flush
        title="Newest runs"
        actions={
          <Link to="/runs" search={{ pool: name } as never}>
            All of its runs
          </Link>
        }
      >
        <Answer of={runs} height={300}>
          {(rows) => <RunTable label="Runs of the pool" runs={rows} empty={<Empty title="No run yet">Run one of the deployments.</Empty>} />}
        </Answer>
      </Card>
    </>
  );
}
