import { z } from 'zod';
import { instant, natural, uuid } from './common.ts';

export const LIMIT_KINDS = ['tag', 'global', 'work_pool', 'work_queue', 'deployment'] as const;

/** Who it is: a task of a flow run, or the run itself. All is null for a client that has not said who it is. */
const party = {
  flow_run_id: uuid.nullable(),
  flow_run_name: z.string().nullable(),
  /** There before the task run is: a task takes its slots first. */
  task_run_id: uuid.nullable(),
  task_run_name: z.string().nullable(),
  slots: natural,
};

/** Who holds slots, until its lease ends unless that is prolonged. */
export const LimitHolder = z.object({
  ...party,
  since: instant,
  until: instant.nullable(),
  worker_name: z.string().nullable(),
  /** It has lent its place and wants it back: nobody else gets it. */
  reserved: z.boolean(),
});

/** Who stands in line: since it has asked, or since it was due. */
export const LimitWaiter = z.object({ ...party, since: instant });

/** A limit with who holds its slots and who waits for them, in the order in which they get them. */
export const LimitUse = z.object({
  kind: z.enum(LIMIT_KINDS),
  id: uuid,
  /** The tag; the limit's or pool's name; `pool/queue`; `flow/deployment`. */
  name: z.string(),
  limit: natural.nullable(),
  /** False for one that lets everybody pass. */
  active: z.boolean(),
  paused: z.boolean(),
  used: natural,
  /** The first of them, when they are many: together they have `used`. */
  holders: z.array(LimitHolder),
  /** The first of them, when they are many. */
  waiters: z.array(LimitWaiter),
  /** How many wait, up to 1,000 of each work queue. */
  waiting: natural,
});
export type LimitUse = z.infer<typeof LimitUse>;
