import { EVERYTHING } from '../../events/news.ts';
import { compileFilter } from '../../store/filters.ts';
import { listRecords } from '../../store/records.ts';
import { readPoolId } from '../../store/work-pools.ts';
import { beat, deleteWorker, heartbeat, prolongLeases } from '../../store/workers.ts';
import { withDeadline } from '../deadline.ts';
import { expectPool, noPool } from '../expect-pool.ts';
import { expectFound } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Exclude<
  Extract<keyof Handlers, `${string} /work_pools/{name}/workers/${string}` | `${string} /work_pools/{name}/claim`>,
  'GET /work_pools/{name}/workers/connect'
>;

export const workerHandlers = ({ database: { sql }, desk, dispatcher, newId, leaseSeconds, runAccess }: Deps): Handlers<Keys> => ({
  'POST /work_pools/{name}/workers/heartbeat': async ({ params, body }) => {
    await heartbeat(sql, newId(), await expectPool(sql, params.name), body.name, body.heartbeat_interval_seconds ?? null);
    desk.publish({ records: { worker: [body.name] } });
    return undefined;
  },
  'POST /work_pools/{name}/workers/filter': async ({ params, body }) => {
    const of = { work_pool_id: await expectPool(sql, params.name) };
    const where = compileFilter(sql, 'worker', body.workers);
    return new Reply(await listRecords(sql, 'worker_view', { ...body, of, where, order: 'last_heartbeat_time desc' }));
  },
  'DELETE /work_pools/{name}/workers/{worker}': async ({ params }) => {
    expectFound(
      `Worker "${params.worker}" of work pool "${params.name}"`,
      await deleteWorker(sql, await expectPool(sql, params.name), params.worker),
    );
    desk.publish({ records: { worker: [EVERYTHING] } });
    return undefined;
  },
  'POST /work_pools/{name}/workers/beat': async ({ params, body }) => {
    const pool_id = await readPoolId(sql, params.name);
    // Runs go on whose pool was deleted: their leases are not a part of it.
    const prolonged = new Set(pool_id ? await beat(sql, newId(), pool_id, body, leaseSeconds) : await prolongLeases(sql, body, leaseSeconds));
    if (!pool_id && prolonged.size === 0) throw noPool(params.name);
    desk.publish({ records: { worker: [body.name] } });
    const lost = body.leases.map(({ flow_run_id }) => flow_run_id).filter((id) => !prolonged.has(id));
    return { lease_seconds: leaseSeconds, lost };
  },
  'POST /work_pools/{name}/claim': async ({ params, body, signal }) => {
    const pool_id = await expectPool(sql, params.name);
    const wish = { pool_id, incarnation_id: body.worker_id, work_queue_names: body.work_queue_names };
    const claimed = await (body.wait_seconds === 0
      ? dispatcher.claimDue(wish, signal)
      : dispatcher.claim(wish, withDeadline(signal, body.wait_seconds)));
    return runAccess ? claimed.map(runAccess.admit) : claimed;
  },
});
