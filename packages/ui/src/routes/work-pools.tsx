import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { limits } from '../api/limits.ts';
import { type WorkPool, workPools } from '../api/work-pools.ts';
import { Answer } from '../components/base/answer.tsx';
import { Button } from '../components/base/button.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { NoWorker } from '../components/work-pools/no-worker.tsx';
import { CreatePool } from '../components/work-pools/pool-dialogs.tsx';
import { PoolSlots } from '../components/work-pools/pool-slots.tsx';
import { PoolStatus } from '../components/work-pools/pool-status.tsx';
import { useLateRuns } from '../components/work-pools/use-late-runs.ts';
import styles from './work-pools.module.css';

/** All work pools: who runs in each, and what waits. */
export function WorkPools() {
  const pools = useQuery(workPools.list());
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <PageHead
        title="Work pools"
        about="Where deployments send their runs, and workers take them from."
        actions={
          <Button icon={Plus} kind="primary" onClick={() => setCreating(true)}>
            New pool
          </Button>
        }
      />
      <Answer of={pools} height={300}>
        {(all) =>
          all.length > 0 ? (
            all.map((pool) => <Pool key={pool.id} pool={pool} />)
          ) : (
            <Card>
              <Empty title="No work pool yet" command="npx sluice work-pool create default-pool">
                A deployment names one, and workers of it take its runs.
              </Empty>
            </Card>
          )
        }
      </Answer>
      {isCreating && <CreatePool onClose={() => setCreating(false)} />}
    </>
  );
}

function Pool({ pool }: { readonly pool: WorkPool }) {
  const { id, name, description } = pool;
  const use = useQuery(limits.use({ kind: 'work_pool', id }));
  const workers = useQuery(workPools.workers(name));
  const queues = useQuery(workPools.queues(name)).data;
  const late = useLateRuns(name);
  const paused = queues?.filter(({ is_paused }) => is_paused).length ?? 0;
  return (
    <Card
      title={
        <Link to="/work-pools/$name" params={{ name }}>
          {name}
        </Link>
      }
      actions={
        <>
          <span className="quiet">
            {queues && `${queues.length} ${queues.length === 1 ? 'queue' : 'queues'}${paused > 0 ? `, ${paused} paused` : ''}`}
          </span>
          <PoolStatus pool={pool} />
        </>
      }
    >
      {description && <p className="quiet">{description}</p>}
      <Answer of={use} height={100}>
        {([use]) =>
          use && (
            <div className={styles['pool']}>
              {workers.data && <NoWorker pool={name} workers={workers.data} waiting={use.waiting} />}
              <PoolSlots use={use} workers={workers.data ?? []} late={[...late.values()].reduce((sum, of) => sum + of, 0)} />
            </div>
          )
        }
      </Answer>
    </Card>
  );
}
