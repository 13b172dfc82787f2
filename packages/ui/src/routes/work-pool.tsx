import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Pause, Pencil, Play, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { deployments } from '../api/deployments.ts';
import { type PoolOverview, type WorkPool as Record, workPools } from '../api/work-pools.ts';
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
import { Waits } from '../components/work-pools/waits.tsx';
import { WorkerTable, workerRows } from '../components/workers/worker-table.tsx';
import { usePart } from '../lib/address.ts';

/** One work pool: its slots, what waits in it, its queues and workers. */
export function WorkPool() {
  const overview = useQuery(workPools.overview(usePart('name')));
  return (
    <Answer of={overview} height={80}>
      {(overview) => <Page overview={overview} />}
    </Answer>
  );
}

function Page({ overview }: { readonly overview: PoolOverview }) {
  const { work_pool: pool, use, queues, workers } = overview;
  return (
    <>
      <Head pool={pool} />
      {pool.description && <p>{pool.description}</p>}
      <NoWorker pool={pool.name} workers={workers} waiting={use.waiting} />
      <Card title="Slots">
        <PoolSlots use={use} workers={workers} late={queues.reduce((sum, { late }) => sum + late, 0)} />
      </Card>
      <Waits pool={pool.name} />
      <Queues pool={pool.name} queues={queues} />
      <Card flush title="Workers">
        <WorkerTable
          rows={workerRows(pool.name, workers, use, overview.server_version)}
          empty={<Empty title="No worker yet" command={`npx sluice worker start --pool ${pool.name}`} />}
        />
      </Card>
      <Below overview={overview} />
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

function Queues({ pool, queues }: { readonly pool: string; readonly queues: PoolOverview['queues'] }) {
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
      <QueueTable queues={queues} />
      {isCreating && <CreateQueue pool={pool} onClose={() => setCreating(false)} />}
    </Card>
  );
}

function Below({ overview: { work_pool: pool, runs, flow_names: names } }: { readonly overview: PoolOverview }) {
  const mine = useQuery(deployments.list({ work_pools: { name: { any_: [pool.name] } } }));
  return (
    <>
      <Card flush title="Deployments">
        <Answer of={mine} height={120}>
          {(rows) => (
            <DeploymentTable
              deployments={rows}
              flowNames={names}
              empty={<Empty title="No deployment sends runs here" command="npx sluice deploy" />}
            />
          )}
        </Answer>
      </Card>
      <Card
        flush
        title="Newest runs"
        actions={
          <Link to="/runs" search={{ pool: pool.name } as never}>
            All of its runs
          </Link>
        }
      >
        <RunTable label="Runs of the pool" runs={runs} flowNames={names} empty={<Empty title="No run yet">Run one of the deployments.</Empty>} />
      </Card>
    </>
  );
}
