import { useQueries, useQuery } from '@tanstack/react-query';
import { admin } from '../api/admin.ts';
import { limits } from '../api/limits.ts';
import { workPools } from '../api/work-pools.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { WorkerTable, workerRows } from '../components/workers/worker-table.tsx';

/** The workers of all pools, and what each runs now. */
export function Workers() {
  const pools = useQuery(workPools.list());
  const of = pools.data ?? [];
  const workers = useQueries({ queries: of.map(({ name }) => workPools.workers(name)) });
  const uses = useQueries({ queries: of.map(({ id }) => limits.use({ kind: 'work_pool', id })) });
  const server = useQuery(admin.status()).data?.sluice_version;
  const rows = of.flatMap(({ name }, index) => workerRows(name, workers[index]?.data ?? [], uses[index]?.data?.[0], server));
  const isThere = workers.every(({ data, error }) => data || error);
  const empty = (
    <Empty title="No worker yet" command={`npx sluice worker start --pool ${of[0]?.name ?? 'default-pool'}`}>
      A worker takes runs of a work pool and runs them.
    </Empty>
  );
  return (
    <>
      <PageHead title="Workers" about="Processes that take runs, and what each runs now." />
      <Card flush>
        <Answer of={pools} height={300}>
          {() => (isThere ? <WorkerTable rows={rows} empty={empty} /> : null)}
        </Answer>
      </Card>
    </>
  );
}
