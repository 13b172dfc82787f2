import { fitsPattern, matchesResource, type ResourceSpecification } from '../events/resource-match.ts';
import { type Micros, SECOND, toMicros } from '../lib/time.ts';
import type { EventTrigger } from '../model/automation.ts';
import type { Event } from '../model/event.ts';

/** What a trigger has counted in a window of time, of one of the things that it tells apart. */
export interface Bucket {
  readonly count: number;
  readonly starts: Micros;
  readonly ends: Micros;
  readonly last_event: Event | null;
}

/** What becomes of a bucket, and whether the trigger fires. */
export interface Evaluated {
  /** Null when there is none any more. */
  readonly bucket: Bucket | null;
  readonly fires: boolean;
}

const fitsOne = (patterns: readonly string[], name: string) => patterns.some((pattern) => fitsPattern(pattern, name));
const expects = ({ expect }: EventTrigger, name: string) => expect.length === 0 || fitsOne(expect, name);

/** Whether a trigger is interested in events of this name: asked before anything else of the event is known. */
export const coversName = (trigger: EventTrigger, name: string): boolean => expects(trigger, name) || fitsOne(trigger.after, name);

export function covers(trigger: EventTrigger, { event, resource, related }: Event): boolean {
  const asked = [trigger.match_related].flat() as ResourceSpecification[];
  return (
    coversName(trigger, event) &&
    matchesResource(trigger.match, resource) &&
    asked.every((one) => Object.keys(one).length === 0 || related.some((other) => matchesResource(one, other)))
  );
}

function labelOf({ resource, related }: Event, label: string): string {
  const [, role, name] = /^related:([^:]+):(.+)$/.exec(label) ?? [];
  if (!role || !name) return resource[label] ?? '';
  return related.find((other) => other['prefect.resource.role'] === role)?.[name] ?? '';
}

/** The values by which a trigger tells things apart. */
export const labelsOf = ({ for_each }: EventTrigger, event: Event): { [label: string]: string } =>
  Object.fromEntries(for_each.toSorted().map((label) => [label, labelOf(event, label)]));

const opened = (trigger: EventTrigger, event: Event, count: number): Bucket => {
  const starts = toMicros(event.occurred);
  return { count, starts, ends: starts + trigger.within * SECOND, last_event: event };
};

/** What an event that a trigger covers makes of its bucket. */
export function evaluateEvent(trigger: EventTrigger, bucket: Bucket | null, event: Event): Evaluated {
  const isExpected = expects(trigger, event.event);
  const isStart = trigger.after.length > 0 && fitsOne(trigger.after, event.event);
  const at = toMicros(event.occurred);
  const open = bucket && at < bucket.ends ? bucket : null;
  if (trigger.posture === 'Reactive') {
    if (trigger.within === 0 && trigger.after.length === 0) return { bucket: null, fires: isExpected };
    if (!open && trigger.after.length > 0 && !isStart) return { bucket: null, fires: false };
    const one = isExpected && !(isStart && !open && trigger.expect.length > 0 && !fitsOne(trigger.expect, event.event)) ? 1 : 0;
    const counted = open ? { ...open, count: open.count + one, last_event: event } : opened(trigger, event, one);
    return counted.count >= trigger.threshold ? { bucket: null, fires: one > 0 } : { bucket: counted, fires: false };
  }
  // What a window that has run out says is decided by the clock.
  if (bucket && !open) return { bucket, fires: false };
  if (!open && trigger.after.length > 0 && !isStart) return { bucket: null, fires: false };
  const one = isExpected ? 1 : 0;
  const counted = open
    ? { ...open, count: open.count + one, last_event: event }
    : opened(trigger, event, isStart && trigger.after.length > 0 ? 0 : one);
  const isMet = counted.count >= trigger.threshold;
  // With `after` the window is over as soon as what was expected has come; without, it goes on to its end, and the next one begins.
  return { bucket: isMet && trigger.after.length > 0 ? null : counted, fires: false };
}

/** What the end of a window makes of a bucket: a proactive trigger fires when too little has come. */
export function evaluateEnd(trigger: EventTrigger, bucket: Bucket, now: Micros): Evaluated {
  if (trigger.posture === 'Reactive') return { bucket: null, fires: false };
  const fires = bucket.count < trigger.threshold;
  if (trigger.after.length > 0 || trigger.for_each.length > 0) return { bucket: null, fires };
  return { bucket: { count: 0, starts: now, ends: now + trigger.within * SECOND, last_event: bucket.last_event }, fires };
}
