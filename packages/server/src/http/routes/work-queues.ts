import { SluiceError } from '@sluice/core/errors/sluice-error';
import { EVERYTHING } from '../../events/news.ts';
import { listDueIn } from '../../store/candidates.ts';
import { compileFilter } from '../../store/filters.ts';
import { listHolders, readHealth, readQueuePage, readSlotCounts } from '../../store/queue-slots.ts';
import { listRecords, readRecord } from '../../store/records.ts';
import { deleteWorkQueue, insertWorkQueue, isDefaultQueue, notePolled, updateWorkQueue } from '../../store/work-pools.ts';
import { expectPool } from '../expect-pool.ts';
import { found, missing } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';
import { AGENT_POOL, agentPool } from '../place-of.ts';

type Keys = Extract<keyof Handlers, `${string} /work_queues/${string}`> | 'POST /work_pools/{name}/concurrency_status';

interface Queue {
  readonly id: string;
  readonly name: string;
  readonly work_pool_id: string;
}

/** What Prefect asks of a healthy queue. */
const POLICY = { maximum_late_runs: 0, maximum_seconds_since_last_polled: 60 };

const pagesOf = (count: number, limit: number) => (limit > 0 ? Math.ceil(count / limit) : 0);

export const workQueueHandlers = ({ database, desk, newId }: Deps): Handlers<Keys> => {
  const { sql } = database;
  const queueOf = async (id: string): Promise<Queue> => {
    const json = await readRecord(sql, 'work_queue_view', { id });
    if (!json) throw missing(`Work queue ${id}`);
    return JSON.parse(json) as Queue;
  };
  const roomChanged = (id: string) => desk.publish({ claimable: true, records: { work_queue: [id] } });

  return {
    'POST /work_queues/': async ({ body }) => {
      const pool = await agentPool({ database, newId });
      if (!(await database.transaction((tx) => insertWorkQueue(tx, newId(), pool, body)))) {
        // The first one may be the default, which came with its pool.
        throw new SluiceError('CONFLICT', 'A work queue with this name already exists.', { hint: 'Change that one, or choose another name.' });
      }
      desk.publish({ records: { work_queue: [EVERYTHING] } });
      return found('Work queue', await readRecord(sql, 'work_queue_view', { work_pool_id: pool, name: body.name }));
    },
    'GET /work_queues/{id}': async ({ params }) => found(`Work queue ${params.id}`, await readRecord(sql, 'work_queue_view', { id: params.id })),
    'GET /work_queues/name/{name}': async ({ params }) => {
      const key = { work_pool_name: AGENT_POOL, name: params.name };
      return found(`Work queue "${params.name}"`, await readRecord(sql, 'work_queue_view', key));
    },
    'PATCH /work_queues/{id}': async ({ params, body }) => {
      const { work_pool_id } = await queueOf(params.id);
      await database.transaction((tx) => updateWorkQueue(tx, params.id, work_pool_id, body));
      roomChanged(params.id);
      return undefined;
    },
    'DELETE /work_queues/{id}': async ({ params }) => {
      const { name } = await queueOf(params.id);
      if (await isDefaultQueue(sql, params.id))
        throw new SluiceError('CONFLICT', `"${name}" is the default queue of its pool and stays with it.`, { hint: 'Pause it, or delete the pool.' });
      await deleteWorkQueue(sql, params.id);
      roomChanged(params.id);
      return undefined;
    },
    'POST /work_queues/filter': async ({ body }) => {
      const where = compileFilter(sql, 'work_queue', body.work_queues);
      return new Reply(await listRecords(sql, 'work_queue_view', { ...body, where, order: 'name' }));
    },
    'POST /work_queues/{id}/get_runs': async ({ params, body, isPrefectClient }) => {
      const { work_pool_id, name } = await queueOf(params.id);
      const wanted = {
        queues: [name],
        before: body.scheduled_before ?? null,
        after: null,
        limit: body.limit,
        except: isPrefectClient ? ('typescript' as const) : null,
      };
      const [runs] = await Promise.all([listDueIn(sql, work_pool_id, wanted), notePolled(sql, work_pool_id, [name])]);
      return new Reply(runs);
    },
    'GET /work_queues/{id}/status': async ({ params }) => {
      await queueOf(params.id);
      const { late_runs_count, last_polled, is_polled } = await readHealth(sql, params.id, POLICY.maximum_seconds_since_last_polled);
      return { healthy: late_runs_count <= POLICY.maximum_late_runs && is_polled, late_runs_count, last_polled, health_check_policy: POLICY };
    },
    'POST /work_queues/{id}/concurrency_status': async ({ params, body: { limit, page } }) => {
      await queueOf(params.id);
      const [[queue], flow_runs] = await Promise.all([
        readSlotCounts(sql, [params.id]),
        listHolders(sql, [params.id], { limit, offset: (page - 1) * limit }),
      ]);
      const count = queue?.active_slots ?? 0;
      const concurrency_limit = queue?.concurrency_limit ?? null;
      return { active_slots: count, concurrency_limit, flow_runs: flow_runs.map(({ run }) => run), count, limit, pages: pagesOf(count, limit), page };
    },
    'POST /work_pools/{name}/concurrency_status': async ({ params, body: { limit, page, flow_run_limit } }) => {
      const pool = await expectPool(sql, params.name);
      const { ids, count, active_slots, concurrency_limit } = await readQueuePage(sql, pool, { limit, offset: (page - 1) * limit });
      const [queues, holders] = await Promise.all([readSlotCounts(sql, ids), listHolders(sql, ids, { limit: flow_run_limit, offset: 0 })]);
      const shown = queues.map((queue) => ({
        ...queue,
        flow_runs: holders.flatMap(({ queue_id, run }) => (queue_id === queue.queue_id ? run : [])),
        flow_run_count: queue.active_slots,
      }));
      return { active_slots, concurrency_limit, queues: shown, count, limit, pages: pagesOf(count, limit), page };
    },
  };
};
