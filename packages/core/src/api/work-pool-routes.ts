import { z } from 'zod';
import { instant, natural, uuid } from '../model/common.ts';
import { shortText } from '../model/field-limits.ts';
import { FlowRun } from '../model/flow-run.ts';
import { STATE_TYPES } from '../model/state-type.ts';
import { WorkPool, WorkPoolCreate, WorkPoolUpdate, WorkQueue, WorkQueueCreate, WorkQueueUpdate } from '../model/work-pool.ts';
import { ClaimedRun, ClaimRequest, Worker, WorkerBeat, WorkerBeatAnswer, WorkerHeartbeat } from '../model/worker.ts';
import { page, poolFilter, queueFilter, workerFilter } from './filter-schema.ts';
import { pageNumber } from './paginate.ts';
import { defineRoute } from './route.ts';

const tag = 'work pools';

/** A run that has a slot, as Prefect 3.9.1 sums it up. Times are seconds. */
const SlotHolder = z.object({
  id: uuid,
  name: z.string(),
  state_type: z.enum(STATE_TYPES).nullable(),
  state_name: z.string().nullable(),
  start_time: instant.nullable(),
  state_timestamp: instant.nullable(),
  time_in_current_state: z.number().nullable(),
});
const slots = { active_slots: natural, concurrency_limit: natural.nullable() };
const pageOf = { count: natural, limit: natural, pages: natural, page: natural };

const legacy = z.object({ id: uuid });
/** Prefect's policy of health: nothing late, and polled within the last minute. */
const QueueHealth = z.object({
  healthy: z.boolean(),
  late_runs_count: natural,
  last_polled: instant.nullable(),
  health_check_policy: z.object({ maximum_late_runs: natural, maximum_seconds_since_last_polled: natural }),
});

/** The same queues by their ids, of all pools: Prefect 2's agents, and the commands of both generations, ask for them so. */
export const workQueueRoutes = {
  'POST /work_queues/': defineRoute({ summary: 'Create a work queue of no pool of its own', tag, body: WorkQueueCreate, ok: WorkQueue, status: 201 }),
  'GET /work_queues/{id}': defineRoute({ summary: 'Read a work queue by its id', tag, params: legacy, ok: WorkQueue }),
  'GET /work_queues/name/{name}': defineRoute({
    summary: 'Read a work queue of no pool of its own',
    tag,
    params: z.object({ name: z.string() }),
    ok: WorkQueue,
  }),
  'PATCH /work_queues/{id}': defineRoute({
    summary: 'Change a work queue by its id',
    tag,
    params: legacy,
    body: WorkQueueUpdate,
    ok: z.undefined(),
    status: 204,
  }),
  'DELETE /work_queues/{id}': defineRoute({ summary: 'Delete a work queue by its id', tag, params: legacy, ok: z.undefined(), status: 204 }),
  'POST /work_queues/filter': defineRoute({
    summary: 'List work queues of all pools',
    tag,
    body: z.strictObject({ ...queueFilter, ...page }).prefault({}),
    ok: z.array(WorkQueue),
  }),
  'POST /work_queues/{id}/get_runs': defineRoute({
    summary: 'Runs of a work queue that are due',
    tag,
    params: legacy,
    body: z.strictObject({ scheduled_before: instant.nullish(), limit: page.limit, agent_id: uuid.nullish() }).prefault({}),
    ok: z.array(FlowRun),
  }),
  'GET /work_queues/{id}/status': defineRoute({ summary: 'Whether a work queue is polled in time', tag, params: legacy, ok: QueueHealth }),
  'POST /work_queues/{id}/concurrency_status': defineRoute({
    summary: 'Which runs have the slots of a work queue',
    tag,
    params: legacy,
    body: z.strictObject(pageNumber).prefault({}),
    ok: z.object({ ...slots, flow_runs: z.array(SlotHolder), ...pageOf }),
  }),
};
const params = z.object({ name: z.string() });
const queue = z.object({ name: z.string(), queue: z.string() });

/** A run that a Prefect worker may claim next. */
export const WorkerFlowRunResponse = z.object({ work_pool_id: uuid, work_queue_id: uuid, flow_run: FlowRun });

export const workPoolRoutes = {
  'POST /work_pools/': defineRoute({ summary: 'Create a work pool', tag, body: WorkPoolCreate, ok: WorkPool, status: 201 }),
  'GET /work_pools/{name}': defineRoute({ summary: 'Read a work pool', tag, params, ok: WorkPool }),
  'PATCH /work_pools/{name}': defineRoute({
    summary: 'Change a work pool',
    tag,
    params,
    body: WorkPoolUpdate,
    ok: z.undefined(),
    status: 204,
    guarded: true,
  }),
  'DELETE /work_pools/{name}': defineRoute({ summary: 'Delete a work pool', tag, params, ok: z.undefined(), status: 204 }),
  'POST /work_pools/filter': defineRoute({
    summary: 'List work pools',
    tag,
    body: z.strictObject({ ...poolFilter, ...page }).prefault({}),
    ok: z.array(WorkPool),
  }),
  'POST /work_pools/count': defineRoute({ summary: 'Count work pools', tag, body: z.strictObject(poolFilter).prefault({}), ok: z.int() }),
  'POST /work_pools/{name}/concurrency_status': defineRoute({
    summary: 'Which runs have the slots of a work pool, by queue',
    tag,
    params,
    body: z.strictObject({ ...pageNumber, flow_run_limit: natural.max(200).default(10) }).prefault({}),
    ok: z.object({
      ...slots,
      queues: z.array(z.object({ queue_id: uuid, queue_name: z.string(), ...slots, flow_runs: z.array(SlotHolder), flow_run_count: natural })),
      ...pageOf,
    }),
  }),
  'POST /work_pools/{name}/get_scheduled_flow_runs': defineRoute({
    summary: 'Runs that a worker can claim, in the order to claim them',
    tag,
    params,
    body: z
      .strictObject({
        work_queue_names: z.array(shortText).max(10_000).nullish(),
        scheduled_before: instant.nullish(),
        scheduled_after: instant.nullish(),
        limit: page.limit,
      })
      .prefault({}),
    ok: z.array(WorkerFlowRunResponse),
  }),
  'POST /work_pools/{name}/queues': defineRoute({ summary: 'Create a work queue', tag, params, body: WorkQueueCreate, ok: WorkQueue, status: 201 }),
  'POST /work_pools/{name}/queues/filter': defineRoute({
    summary: 'List the work queues of a pool',
    tag,
    params,
    body: z.strictObject({ ...queueFilter, ...page }).prefault({}),
    ok: z.array(WorkQueue),
  }),
  'GET /work_pools/{name}/queues/{queue}': defineRoute({ summary: 'Read a work queue', tag, params: queue, ok: WorkQueue }),
  'PATCH /work_pools/{name}/queues/{queue}': defineRoute({
    summary: 'Change a work queue',
    tag,
    params: queue,
    body: WorkQueueUpdate,
    ok: z.undefined(),
    status: 204,
    guarded: true,
  }),
  'DELETE /work_pools/{name}/queues/{queue}': defineRoute({ summary: 'Delete a work queue', tag, params: queue, ok: z.undefined(), status: 204 }),
  'POST /work_pools/{name}/workers/heartbeat': defineRoute({
    summary: 'Say that a worker is alive',
    tag,
    params,
    body: WorkerHeartbeat,
    ok: z.undefined(),
    status: 204,
  }),
  'GET /work_pools/{name}/workers/connect': defineRoute({
    summary: 'Heartbeats of a worker, and changes of its pool as they come',
    tag,
    params,
    ok: z.undefined(),
    reply: 'socket',
  }),
  'POST /work_pools/{name}/workers/filter': defineRoute({
    summary: 'List the workers of a pool',
    tag,
    params,
    body: z.strictObject({ ...workerFilter, ...page }).prefault({}),
    ok: z.array(Worker),
  }),
  'DELETE /work_pools/{name}/workers/{worker}': defineRoute({
    summary: 'Forget a worker',
    tag,
    params: z.object({ name: z.string(), worker: z.string() }),
    ok: z.undefined(),
    status: 204,
  }),
  'POST /work_pools/{name}/workers/beat': defineRoute({
    summary: 'Say that a worker and the runs it holds are alive',
    tag,
    params,
    body: WorkerBeat,
    ok: WorkerBeatAnswer,
    ours: true,
  }),
  'POST /work_pools/{name}/claim': defineRoute({
    summary: 'Wait for runs and claim them',
    tag,
    waits: true,
    params,
    body: ClaimRequest,
    ok: z.array(ClaimedRun),
    ours: true,
  }),
};
