import { z } from 'zod';
import { instant, uuid } from '../model/common.ts';
import { shortText } from '../model/field-limits.ts';
import { FlowRun } from '../model/flow-run.ts';
import { WorkPool, WorkPoolCreate, WorkPoolUpdate, WorkQueue, WorkQueueCreate, WorkQueueUpdate } from '../model/work-pool.ts';
import { ClaimedRun, ClaimRequest, Worker, WorkerBeat, WorkerBeatAnswer, WorkerHeartbeat } from '../model/worker.ts';
import { page, poolFilter, queueFilter, workerFilter } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'work pools';
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
