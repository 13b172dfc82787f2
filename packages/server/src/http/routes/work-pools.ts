import { SluiceError } from '@sluice/core/errors/sluice-error';
import { pgArray } from '../../db/pg-array.ts';
import { listScheduled } from '../../store/candidates.ts';
import { compileFilter } from '../../store/filters.ts';
import { countRecords, listRecords, readRecord } from '../../store/records.ts';
import {
  deleteWorkPool,
  deleteWorkQueue,
  insertWorkPool,
  insertWorkQueue,
  isDefaultQueue,
  readPoolId,
  readQueueId,
  updateWorkPool,
  updateWorkQueue,
} from '../../store/work-pools.ts';
import { beat, deleteWorker, heartbeat, prolongLeases } from '../../store/workers.ts';
import { withDeadline } from '../deadline.ts';
import { expectFound, found, missing } from '../found.ts';
import { type Handlers, type Parts, Reply } from '../parts.ts';

type Keys = Extract<keyof Handlers, `${string} /work_pools/${string}`>;

export const workPoolHandlers = ({ database, desk, dispatcher, newId, leaseSeconds, runAccess }: Parts): Handlers<Keys> => {
  const { sql } = database;
  const noPool = (name: string) => missing(`Work pool "${name}"`, `Make it with: sluice work-pool create ${name}`);
  const poolId = async (name: string) => (await readPoolId(sql, name)) ?? raise(noPool(name));
  const queueId = async (pool: string, queue: string) =>
    (await readQueueId(sql, pool, queue)) ?? raise(missing(`Work queue "${queue}" of work pool "${pool}"`));
  /** More room, or an end of a pause: runs that were kept back may start. */
  const roomChanged = () => desk.publish({ flow_runs: [], limits: [], claimable: true });
  const readPool = async (name: string) => found(`Work pool "${name}"`, await readRecord(sql, 'work_pool_view', sql`name = ${name}`));

  return {
    'POST /work_pools/': async ({ body }) => {
      if (body.name.toLowerCase().startsWith('prefect'))
        throw new SluiceError('INVALID_REQUEST', `Worker pools starting with "Prefect" are reserved for internal use: "${body.name}".`, {
          hint: 'Choose another name.',
        });
      const created = await database.transaction((tx) => insertWorkPool(tx, newId(), newId(), body));
      if (!created) throw new SluiceError('CONFLICT', `There is a work pool "${body.name}" already.`);
      return readPool(body.name);
    },
    'GET /work_pools/{name}': async ({ params }) => readPool(params.name),
    'PATCH /work_pools/{name}': async ({ params, body }) => {
      expectFound(`Work pool "${params.name}"`, await updateWorkPool(sql, params.name, body));
      roomChanged();
      return undefined;
    },
    'DELETE /work_pools/{name}': async ({ params }) => {
      expectFound(`Work pool "${params.name}"`, await deleteWorkPool(sql, params.name));
      roomChanged();
      return undefined;
    },
    'POST /work_pools/filter': async ({ body }) =>
      new Reply(await listRecords(sql, 'work_pool_view', { ...body, where: compileFilter(sql, 'work_pool', body.work_pools), order: 'name' })),
    'POST /work_pools/count': async ({ body }) => countRecords(sql, 'work_pool_view', compileFilter(sql, 'work_pool', body.work_pools)),
    'POST /work_pools/{name}/get_scheduled_flow_runs': async ({ params, body }) => {
      const id = await poolId(params.name);
      const queues = body.work_queue_names?.length ? body.work_queue_names : null;
      const wanted = { queues, before: body.scheduled_before ?? null, after: body.scheduled_after ?? null, limit: body.limit };
      const [json] = await Promise.all([
        listScheduled(sql, id, wanted),
        sql`update work_queue set last_polled = now() where work_pool_id = ${id} and (${queues === null} or name = any(${pgArray(queues ?? [])}::text[]))`.catch(
          () => {},
        ),
      ]);
      return new Reply(json);
    },
    'POST /work_pools/{name}/queues': async ({ params, body }) => {
      const id = await poolId(params.name);
      if (!(await database.transaction((tx) => insertWorkQueue(tx, newId(), id, body)))) {
        throw new SluiceError('CONFLICT', `Work pool "${params.name}" has a queue "${body.name}" already.`);
      }
      return found('Work queue', await readRecord(sql, 'work_queue_view', sql`work_pool_id = ${id} and name = ${body.name}`));
    },
    'POST /work_pools/{name}/queues/filter': async ({ params, body }) => {
      const where = sql`work_pool_id = ${await poolId(params.name)} and ${compileFilter(sql, 'work_queue', body.work_queues)}`;
      return new Reply(await listRecords(sql, 'work_queue_view', { ...body, where, order: 'priority' }));
    },
    'GET /work_pools/{name}/queues/{queue}': async ({ params }) => {
      const id = await queueId(params.name, params.queue);
      return found('Work queue', await readRecord(sql, 'work_queue_view', sql`id = ${id}`));
    },
    'PATCH /work_pools/{name}/queues/{queue}': async ({ params, body }) => {
      const [pool, queue] = await Promise.all([poolId(params.name), queueId(params.name, params.queue)]);
      await database.transaction((tx) => updateWorkQueue(tx, queue, pool, body));
      roomChanged();
      return undefined;
    },
    'DELETE /work_pools/{name}/queues/{queue}': async ({ params }) => {
      const id = await queueId(params.name, params.queue);
      if (await isDefaultQueue(sql, id)) throw new SluiceError('CONFLICT', `"${params.queue}" is the default queue of its pool and stays with it.`);
      await deleteWorkQueue(sql, id);
      roomChanged();
      return undefined;
    },
    'POST /work_pools/{name}/workers/heartbeat': async ({ params, body }) => {
      await heartbeat(sql, newId(), await poolId(params.name), body.name, body.heartbeat_interval_seconds ?? null);
      return undefined;
    },
    'POST /work_pools/{name}/workers/filter': async ({ params, body }) => {
      const where = sql`work_pool_id = ${await poolId(params.name)} and ${compileFilter(sql, 'worker', body.workers)}`;
      return new Reply(await listRecords(sql, 'worker_view', { ...body, where, order: 'last_heartbeat_time desc' }));
    },
    'DELETE /work_pools/{name}/workers/{worker}': async ({ params }) =>
      expectFound(`Worker "${params.worker}" of work pool "${params.name}"`, await deleteWorker(sql, await poolId(params.name), params.worker)),
    'POST /work_pools/{name}/workers/beat': async ({ params, body }) => {
      const pool_id = await readPoolId(sql, params.name);
      // Runs go on whose pool was deleted: their leases are no part of it.
      const prolonged = new Set(pool_id ? await beat(sql, newId(), pool_id, body, leaseSeconds) : await prolongLeases(sql, body, leaseSeconds));
      if (!pool_id && prolonged.size === 0) throw noPool(params.name);
      const lost = body.leases.map(({ flow_run_id }) => flow_run_id).filter((id) => !prolonged.has(id));
      return { lease_seconds: leaseSeconds, lost };
    },
    'POST /work_pools/{name}/claim': async ({ params, body, signal }) => {
      const pool_id = await poolId(params.name);
      const claimed = await dispatcher.claim(
        { pool_id, worker_id: body.worker_id, work_queue_names: body.work_queue_names },
        withDeadline(signal, body.wait_seconds),
      );
      return runAccess ? claimed.map(runAccess.admit) : claimed;
    },
  };
};

function raise(error: Error): never {
  throw error;
}
