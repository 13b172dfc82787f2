import type { Asleep, HeldLimit, InQueue } from '../store/deadlock-facts.ts';

/** A flow run with a task that queues for slots of tags. */
export interface Queued {
  readonly flow_run_id: string;
  readonly names: readonly string[];
  readonly slots: number;
}

/**
 * The run that fell asleep last of those that can never wake, since what they wait for queues for slots that their own tasks
 * hold, or that tasks hold which wait for each other so, or stands in the queue for places of runs that queue so. Undefined while
 * anybody can go on.
 *
 * Everything is taken to be stuck first; what can go on is struck out until nothing changes.
 */
export function findDeadlock(
  queued: readonly Queued[],
  limits: readonly HeldLimit[],
  asleep: readonly Asleep[],
  inQueue: readonly InQueue[],
): string | undefined {
  let stuck = asleep;
  for (;;) {
    const sleeping = new Set(stuck.map(({ flow_run_id }) => flow_run_id));
    const tags = blockedOf('tag', limits, sleeping, queued);
    const queuing = queued.filter(({ names }) => names.some((name) => tags.has(name)));
    // A task of a run that queues may work, and free its tag; the run itself frees its place at its end alone.
    const endless = new Set([...sleeping, ...queuing.map(({ flow_run_id }) => flow_run_id)]);
    const places = blockedOf('place', limits, endless, []);
    const unclaimed = inQueue.filter(({ needs }) => needs.some((names) => names.length > 0 && names.every((name) => places.has(name))));
    const waitedFor = new Set([...endless, ...unclaimed.flatMap(({ flow_run_ids }) => flow_run_ids)]);
    const left = stuck.filter((run) =>
      run.open.length > 0 ? run.open.every((id) => waitedFor.has(id)) : run.places.some((name) => places.has(name)),
    );
    if (left.length === stuck.length) return newestInCircle(stuck, [...tags.values()]);
    stuck = left;
  }
}

/** Limits of which too few slots are held by runs that can go on, for even the smallest wish. */
function blockedOf(
  kind: HeldLimit['kind'],
  limits: readonly HeldLimit[],
  forever: ReadonlySet<string>,
  queued: readonly Queued[],
): Map<string, HeldLimit> {
  const isBlocked = ({ name, limit, held }: HeldLimit) => {
    const wishes = queued.filter(({ names }) => names.includes(name)).map(({ slots }) => slots);
    const kept = held.filter(({ flow_run_id }) => forever.has(flow_run_id)).reduce((sum, { slots }) => sum + slots, 0);
    return kept > 0 && limit - kept < Math.min(...(kind === 'tag' ? wishes : [1]));
  };
  return new Map(limits.filter((limit) => limit.kind === kind && isBlocked(limit)).map((limit) => [limit.name, limit]));
}

/** Runs that only wait for the circle from outside are left alone: their end would free nothing. */
function newestInCircle(stuck: readonly Asleep[], tags: readonly HeldLimit[]): string | undefined {
  const inside = new Set(tags.flatMap(({ held }) => held.map(({ flow_run_id }) => flow_run_id)));
  const byId = new Map(stuck.map((run) => [run.flow_run_id, run]));
  for (const id of inside) for (const child of byId.get(id)?.open ?? []) inside.add(child);
  return stuck.findLast(({ flow_run_id }) => inside.has(flow_run_id))?.flow_run_id;
}
