import { z } from 'zod';
import { instant, natural, positive, stored, uuid } from './common.ts';
import { shortText } from './field-limits.ts';
import { FlowRun } from './flow-run.ts';

/** A process that claims flow runs of a pool. OFFLINE after three heartbeat intervals without one. */
export const Worker = z.object({
  ...stored,
  name: z.string(),
  work_pool_id: uuid,
  last_heartbeat_time: instant,
  heartbeat_interval_seconds: z.number().nullable(),
  status: z.enum(['ONLINE', 'OFFLINE']),
  /** Ours: flow runs it may run at once, and runs now; null for Prefect's workers. */
  concurrency_limit: positive.nullable(),
  active_slots: natural.nullable(),
  host: z.string().nullable(),
  pid: natural.nullable(),
  /** Ours: its release; null for Prefect's workers. */
  version: z.string().nullable(),
});
export type Worker = z.infer<typeof Worker>;

export const WorkerHeartbeat = z.object({
  name: z.string().min(1).max(1000),
  heartbeat_interval_seconds: z.number().min(0).max(86_400).nullish(),
});

/** What a worker says of a run that it holds. `stalled_seconds`: how long the run's main thread has not turned. */
export const HeldLease = z.object({ flow_run_id: uuid, epoch: natural, stalled_seconds: z.number().min(0).optional() });

/** Ours: one message that keeps the worker online and prolongs the leases of all runs it holds. */
export const WorkerBeat = z.strictObject({
  worker_id: uuid,
  name: z.string().min(1).max(1000),
  concurrency_limit: positive,
  heartbeat_interval_seconds: z.number().min(0.05).max(600),
  host: z.string().max(500),
  pid: natural,
  leases: z.array(HeldLease).max(10_000),
  /** The release that it is of. */
  version: z.string().max(100).optional(),
  /** Those that it takes runs of; none: all of its pool. */
  queues: z.array(shortText).max(200).optional(),
  /** The last one: the worker has drained, and is OFFLINE from now on. */
  leaving: z.boolean().default(false),
});
export type WorkerBeat = z.infer<typeof WorkerBeat>;

/** Leases end `lease_seconds` after the beat was sent. `lost` runs are somebody else's and must be killed. */
export const WorkerBeatAnswer = z.object({ lease_seconds: z.number(), lost: z.array(uuid) });
export type WorkerBeatAnswer = z.infer<typeof WorkerBeatAnswer>;

/** Ours: a worker asks for as many runs as it has room for, and the answer waits until there is one; with 0 seconds it is what is due now. */
export const ClaimRequest = z.strictObject({
  worker_id: uuid,
  work_queue_names: z.array(shortText).max(200).default([]),
  wait_seconds: z.number().min(0).max(60).default(30),
});
export type ClaimRequest = z.infer<typeof ClaimRequest>;

export const ClaimedRun = z.object({
  flow_run: FlowRun,
  epoch: positive,
  lease_seconds: z.number(),
  /** Opens the server to the run's process, as long as its lease lives. None from a server without a key. */
  token: z.string().optional(),
  /** What the worker itself comes in with, on Prefect's own server: that knows no tokens. `user:password`. */
  auth_string: z.string().optional(),
  flow_name: z.string(),
  deployment: z
    .object({
      id: uuid,
      name: z.string(),
      version: z.string().nullable(),
      path: z.string().nullable(),
      entrypoint: z.string().nullable(),
      bundle_folder: z.string().nullable(),
      pull_steps: z.array(z.unknown()).nullable(),
      job_variables: z.record(z.string(), z.unknown()),
    })
    .nullable(),
});
export type ClaimedRun = z.infer<typeof ClaimedRun>;
