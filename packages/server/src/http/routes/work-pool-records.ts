import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';
import { templateRefusal } from '@sluice/core/process/job-template';
import { EVERYTHING, type RecordNews } from '../../events/news.ts';
import { listScheduled } from '../../store/candidates.ts';
import { compileFilter } from '../../store/filters.ts';
import { countRecords, listRecords, readRecord } from '../../store/records.ts';
import {
  deleteWorkPool,
  deleteWorkQueue,
  insertWorkPool,
  insertWorkQueue,
  isDefaultQueue,
  notePolled,
  readQueueId,
  updateWorkPool,
  updateWorkQueue,
} from '../../store/work-pools.ts';
import { expectPool } from '../expect-pool.ts';
import { expectFound, found, missing } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';
import { ifUnchanged } from '../if-unchanged.ts';

function expectTemplate(template: JsonObject): void {
  const why = templateRefusal(template);
  if (why) throw new SluiceError('INVALID_REQUEST', why, { hint: 'Correct the template, or leave it out.' });
}

type Keys = Exclude<
  Extract<keyof Handlers, `${string} /work_pools/${string}`>,
  | `${string}/workers/${string}`
  | `${string}/claim`
  | `${string}/overview`
  | `${string}/waits`
  | `${string}/queue_depth`
  | `${string}/concurrency_status`
>;

export const workPoolRecordHandlers = ({ database, desk, polls, newId }: Deps): Handlers<Keys> => {
  const { sql } = database;
  const poolId = (name: string) => expectPool(sql, name);
  const queueId = async (pool: string, queue: string) => {
    const id = await readQueueId(sql, pool, queue);
    if (!id) throw missing(`Work queue "${queue}" of work pool "${pool}"`);
    return id;
  };
  /** More room, or an end of a pause: runs that were kept back may start. */
  const roomChanged = (records: RecordNews) => desk.publish({ claimable: true, records });
  const readPool = async (name: string) => found(`Work pool "${name}"`, await readRecord(sql, 'work_pool_view', { name }));

  return {
    'POST /work_pools/': async ({ body }) => {
      if (body.name.toLowerCase().startsWith('prefect'))
        throw new SluiceError('FORBIDDEN', "Work pools starting with 'Prefect' are reserved for internal use.", { hint: 'Choose another name.' });
      expectTemplate(body.base_job_template);
      const created = await database.transaction((tx) => insertWorkPool(tx, newId(), newId(), body));
      if (!created)
        throw new SluiceError('CONFLICT', `A work pool "${body.name}" exists already.`, { hint: 'Change that one, or choose another name.' });
      desk.publish({ records: { work_pool: [body.name] } });
      return readPool(body.name);
    },
    'GET /work_pools/{name}': async ({ params }) => readPool(params.name),
    'PATCH /work_pools/{name}': async (request) => {
      const { params, body } = request;
      if (body.base_job_template) expectTemplate(body.base_job_template);
      const edited = { table: 'work_pool' as const, key: { name: params.name }, what: `Work pool "${params.name}"` };
      expectFound(edited.what, await ifUnchanged(database, request, edited, (tx) => updateWorkPool(tx, params.name, body)));
      roomChanged({ work_pool: [params.name] });
      return undefined;
    },
    'DELETE /work_pools/{name}': async ({ params }) => {
      expectFound(`Work pool "${params.name}"`, await deleteWorkPool(sql, params.name));
      roomChanged({ work_pool: [EVERYTHING], work_queue: [EVERYTHING], worker: [EVERYTHING] });
      return undefined;
    },
    'POST /work_pools/filter': async ({ body }) =>
      new Reply(await listRecords(sql, 'work_pool_view', { ...body, where: compileFilter(sql, 'work_pool', body.work_pools), order: 'name' })),
    'POST /work_pools/count': async ({ body }) => countRecords(sql, 'work_pool_view', compileFilter(sql, 'work_pool', body.work_pools)),
    'POST /work_pools/{name}/get_scheduled_flow_runs': async ({ params, body, isPrefectClient, signal }) => {
      const id = await poolId(params.name);
      const queues = body.work_queue_names?.length ? body.work_queue_names : null;
      const { scheduled_before: before = null, scheduled_after: after = null, limit } = body;
      const wanted = { queues, before, after, limit, except: isPrefectClient ? ('typescript' as const) : null };
      const [json] = await Promise.all([
        isPrefectClient ? polls.poll(id, wanted, signal) : listScheduled(sql, id, wanted),
        notePolled(sql, id, queues),
      ]);
      return new Reply(json);
    },
    'POST /work_pools/{name}/queues': async ({ params, body }) => {
      const id = await poolId(params.name);
      if (!(await database.transaction((tx) => insertWorkQueue(tx, newId(), id, body)))) {
        throw new SluiceError('CONFLICT', `Work pool "${params.name}" has a queue "${body.name}" already.`, {
          hint: 'Change that one, or choose another name.',
        });
      }
      desk.publish({ records: { work_queue: [EVERYTHING] } });
      return found('Work queue', await readRecord(sql, 'work_queue_view', { work_pool_id: id, name: body.name }));
    },
    'POST /work_pools/{name}/queues/filter': async ({ params, body }) => {
      const of = { work_pool_id: await poolId(params.name) };
      const where = compileFilter(sql, 'work_queue', body.work_queues);
      return new Reply(await listRecords(sql, 'work_queue_view', { ...body, of, where, order: 'priority' }));
    },
    'GET /work_pools/{name}/queues/{queue}': async ({ params }) => {
      const id = await queueId(params.name, params.queue);
      return found('Work queue', await readRecord(sql, 'work_queue_view', { id }));
    },
    'PATCH /work_pools/{name}/queues/{queue}': async (request) => {
      const { params, body } = request;
      const [pool, queue] = await Promise.all([poolId(params.name), queueId(params.name, params.queue)]);
      const edited = { table: 'work_queue' as const, key: { id: queue }, what: `Work queue "${params.queue}" of work pool "${params.name}"` };
      await ifUnchanged(database, request, edited, (tx) => updateWorkQueue(tx, queue, pool, body));
      roomChanged({ work_queue: [queue] });
      return undefined;
    },
    'DELETE /work_pools/{name}/queues/{queue}': async ({ params }) => {
      const id = await queueId(params.name, params.queue);
      if (await isDefaultQueue(sql, id))
        throw new SluiceError('CONFLICT', `"${params.queue}" is the default queue of its pool and stays with it.`, {
          hint: 'Pause it, or delete the pool.',
        });
      await deleteWorkQueue(sql, id);
      roomChanged({ work_queue: [id] });
      return undefined;
    },
  };
};
