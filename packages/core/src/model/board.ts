import { z } from 'zod';
import { instant, natural, uuid } from './common.ts';
import { WaitingOn } from './flow-run.ts';
import { STATE_TYPES } from './state-type.ts';

/** How a stay of a run on a worker ended: by the run's end, or it was `lost` with its process, or `failed` and to be tried again. */
export const OUTCOMES = ['running', 'completed', 'failed', 'crashed', 'cancelled', 'lost', 'retry', 'paused'] as const;

/** One stay of a run on a worker. `start` is null until its code runs, `end` while it goes on. */
export const Attempt = z.object({
  number: natural,
  /** Since when the run stood in the queue. */
  queued: instant,
  claimed: instant,
  start: instant.nullable(),
  end: instant.nullable(),
  worker: z.string().nullable(),
  outcome: z.enum(OUTCOMES),
  /** What was said at its end. */
  message: z.string().nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

/** A run on the board: the one that was asked for, or one below it. */
export const BoardRun = z.object({
  id: uuid,
  name: z.string(),
  flow_name: z.string(),
  /** The run that started it; null for the one that was asked for. */
  parent_id: uuid.nullable(),
  /** What tells it from its neighbours: the table that it loads, else null. */
  table: z.string().nullable(),
  work_pool_name: z.string().nullable(),
  state_type: z.enum(STATE_TYPES).nullable(),
  state_name: z.string().nullable(),
  /** Since when it stands in the queue now; null when it does not. */
  queued: instant.nullable(),
  waiting_on: WaitingOn.nullable(),
  /** Rows that it has read, and has to read, as an ETL's run tells them. */
  rows: z.object({ done: z.number(), total: z.number().nullable() }).nullable(),
  attempts: z.array(Attempt),
});
export type BoardRun = z.infer<typeof BoardRun>;

/** A limit that runs or tasks of the board hold slots of, and from when to when. `to` null: they hold them now. */
export const BoardLimit = z.object({
  name: z.string(),
  limit: natural,
  holds: z.array(z.object({ flow_run_id: uuid, from: instant, to: instant.nullable() })),
});
export type BoardLimit = z.infer<typeof BoardLimit>;

/** Ours: a run with all that it started, worker by worker. The runs that were made first, when there are more than the board holds. */
export const Board = z.object({
  id: uuid,
  /** The server's time of this answer. */
  at: instant,
  runs: z.array(BoardRun),
  limits: z.array(BoardLimit),
  more: z.boolean(),
});
export type Board = z.infer<typeof Board>;
