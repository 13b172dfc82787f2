import { type Instant, SECOND, toMicros } from '../lib/time.ts';
import type { CompositeTrigger, EventTrigger, Trigger } from '../model/automation.ts';
import type { Event } from '../model/event.ts';

/** That a trigger has fired. */
export interface Firing {
  readonly id: string;
  readonly trigger_id: string;
  readonly trigger_states: readonly ['Triggered'];
  readonly triggered: Instant;
  readonly triggering_labels: { readonly [label: string]: string };
  readonly triggering_event: Event | null;
  readonly triggering_firings: readonly Firing[];
}

export const isComposite = (trigger: Trigger): trigger is CompositeTrigger => trigger.type !== 'event';

/** The same trigger with an id for it and for each of its parts. */
export function withIds(trigger: Trigger, newId: () => string): Trigger {
  return isComposite(trigger)
    ? { ...trigger, id: newId(), triggers: trigger.triggers.map((part) => withIds(part, newId)) }
    : { ...trigger, id: newId() };
}

/** All triggers of events in a trigger, however deep, each with those that it is a part of, the nearest first. */
export function eventTriggers(
  trigger: Trigger,
  inside: readonly CompositeTrigger[] = [],
): { trigger: EventTrigger; inside: readonly CompositeTrigger[] }[] {
  return isComposite(trigger) ? trigger.triggers.flatMap((part) => eventTriggers(part, [trigger, ...inside])) : [{ trigger, inside }];
}

/** Whether what has fired of a composite trigger makes it fire, too old firings left out. */
export function firesWith(trigger: CompositeTrigger, firings: readonly Firing[], now: Instant): boolean {
  const recent = firings.filter(({ triggered }) => trigger.within === null || toMicros(now) - toMicros(triggered) <= trigger.within * SECOND);
  if (trigger.type === 'compound') {
    const wanted = trigger.require === 'any' ? 1 : typeof trigger.require === 'number' ? trigger.require : trigger.triggers.length;
    return recent.length >= wanted;
  }
  const order = recent.toSorted((a, b) => toMicros(a.triggered) - toMicros(b.triggered)).map(({ trigger_id }) => trigger_id);
  return order.length === trigger.triggers.length && trigger.triggers.every(({ id }, index) => order[index] === id);
}

/** The newest event that made a trigger fire. */
export const eventOf = ({ triggering_event, triggering_firings }: Firing): Event | null =>
  triggering_event ?? triggering_firings.map(eventOf).findLast((event) => event !== null) ?? null;
