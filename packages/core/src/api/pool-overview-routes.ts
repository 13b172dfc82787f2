import { z } from 'zod';
import { instant, natural } from '../model/common.ts';
import { FlowRun } from '../model/flow-run.ts';
import { LimitUse } from '../model/limit-use.ts';
import { WorkPool, WorkQueue } from '../model/work-pool.ts';
import { Worker } from '../model/worker.ts';
import { defineRoute } from './route.ts';

const tag = 'work pools';
const params = z.object({ name: z.string() });

/** A work pool with all that is in it, in one answer. */
const PoolOverview = z.object({
  work_pool: WorkPool,
  use: LimitUse,
  /** Each with its runs that are due, and with those of them that are late. */
  queues: z.array(z.object({ ...WorkQueue.shape, waiting: natural, late: natural })),
  workers: z.array(Worker),
  /** The release that the server is of: its workers should be of the same. */
  server_version: z.string(),
  /** The newest runs, and the names of their flows by the ids. */
  runs: z.array(FlowRun),
  flow_names: z.record(z.string(), z.string()),
});

const seconds = z.number().nullable();

/** How many runs of a pool waited, and for how long, over time. */
const PoolWaits = z.object({
  /** Until the first of these, older than asked for, no run was looked at: there were too many since. Null when all were. */
  reached: instant.nullable(),
  intervals: z.array(
    z.object({
      interval_start: instant,
      interval_end: instant,
      /** The most that waited at once, from when they were due to their start. */
      waiting: natural,
      /** Runs that started. */
      started: natural,
      /** From due to start, the middle one of these and the slowest 5 %; null when none started. */
      delay_p50: seconds,
      delay_p95: seconds,
    }),
  ),
});

/** How much work a pool has: what its workers are scaled by. Runs are counted up to a bound. */
const QueueDepth = z.object({
  /** Runs that are due and have not started, whatever keeps them. */
  waiting: natural,
  /** Runs that hold a slot. */
  running: natural,
  /** Those that run, and those that would start if there were workers enough: no pause or limit keeps them. */
  wanted: natural,
});

export const poolOverviewRoutes = {
  'GET /work_pools/{name}/overview': defineRoute({
    summary: 'How a work pool stands: slots, queues, workers and newest runs',
    tag,
    params,
    ok: PoolOverview,
    ours: true,
  }),
  'GET /work_pools/{name}/waits': defineRoute({
    summary: 'How many runs of a work pool waited for their start, and for how long, over the last hour or day',
    tag,
    params,
    query: z.object({ over: z.enum(['hour', 'day']).default('hour') }),
    ok: PoolWaits,
    ours: true,
  }),
  'GET /work_pools/{name}/queue_depth': defineRoute({
    summary: 'How much work a work pool has, to scale its workers by',
    tag,
    params,
    ok: QueueDepth,
    ours: true,
  }),
};
