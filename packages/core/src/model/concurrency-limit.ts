import { z } from 'zod';
import { entityName, natural, stored, uuid } from './common.ts';

/** A named limit. A tag's limit is the one named `tag:<tag>`; Prefect's v1 routes are another view of the same rows. */
export const GlobalConcurrencyLimit = z.object({
  ...stored,
  active: z.boolean(),
  name: z.string(),
  limit: natural,
  active_slots: natural,
  slot_decay_per_second: z.number(),
});
export type GlobalConcurrencyLimit = z.infer<typeof GlobalConcurrencyLimit>;

export const GlobalConcurrencyLimitCreate = z.strictObject({
  active: z.boolean().default(true),
  name: entityName.or(
    z
      .string()
      .regex(/^tag:.+$/s)
      .max(2000),
  ),
  limit: natural,
  active_slots: natural.default(0),
  denied_slots: natural.default(0),
  slot_decay_per_second: z.number().min(0).default(0),
});

export const GlobalConcurrencyLimitUpdate = z.strictObject({
  active: z.boolean().optional(),
  name: entityName.optional(),
  limit: natural.optional(),
  active_slots: natural.optional(),
  denied_slots: natural.optional(),
  slot_decay_per_second: z.number().min(0).optional(),
});

/** Prefect's v1 shape: the ids of the task runs that hold a slot stand in active_slots. */
export const TagConcurrencyLimit = z.object({ ...stored, tag: z.string(), concurrency_limit: natural, active_slots: z.array(uuid) });
export type TagConcurrencyLimit = z.infer<typeof TagConcurrencyLimit>;

export const TagConcurrencyLimitCreate = z.strictObject({ tag: z.string().min(1).max(1000), concurrency_limit: natural });

/** Slots of a task run, one of each tag that has a limit, as clients of 3.x ask for them that know no leases. */
export const TagSlots = z.object({ names: z.array(z.string().min(1).max(2000)).max(100), task_run_id: uuid });

export const LimitRef = z.object({ id: uuid, name: z.string(), limit: natural });

const taken = {
  names: z.array(z.string().min(1).max(2000)).min(1).max(100),
  slots: natural.min(1),
  mode: z.enum(['concurrency', 'rate_limit']).default('concurrency'),
};

export const SlotIncrement = z.object({ ...taken, create_if_missing: z.boolean().nullish() });
export const SlotDecrement = z.object({
  names: taken.names,
  slots: taken.slots,
  occupancy_seconds: z.number().positive().nullish(),
  create_if_missing: z.boolean().nullish(),
});

export const LeaseHolder = z.object({ type: z.enum(['flow_run', 'task_run', 'deployment']), id: uuid });
export type LeaseHolder = z.infer<typeof LeaseHolder>;

/**
 * Takes slots of every named limit, all or none. Ours: `Prefer: wait=<seconds>` waits for them in order of arrival instead of
 * answering 423 at once, `token_above` asks for a fencing token higher than any the caller has seen, and `within` tells who waits
 * for it: the task or the flow's body that asks, and who called that. `lease_id` is the id that the lease will have: who asks again
 * with it, at whichever server, has kept its place, and is told of what it was granted already.
 */
export const LeaseRequest = z.object({
  ...taken,
  lease_duration: z.number().min(60).max(86_400).default(300),
  holder: LeaseHolder.nullish(),
  token_above: natural.nullish(),
  lease_id: uuid.nullish(),
  within: z.array(LeaseHolder).max(1000).default([]),
});
export type LeaseRequest = z.infer<typeof LeaseRequest>;

export const LeaseGranted = z.object({ lease_id: uuid, limits: z.array(LimitRef), token: natural.optional() });
export type LeaseGranted = z.infer<typeof LeaseGranted>;
