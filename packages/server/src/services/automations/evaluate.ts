import { mayFire } from '@sluice/core/automation/chain';
import { type Bucket, covers, type Evaluated, evaluateEnd, evaluateEvent, labelsOf } from '@sluice/core/automation/event-trigger';
import { eventTriggers, type Firing, firesWith } from '@sluice/core/automation/triggers';
import { type Micros, SECOND, toInstant } from '@sluice/core/lib/time';
import type { Automation, CompositeTrigger, EventTrigger, Trigger } from '@sluice/core/model/automation';
import type { Event } from '@sluice/core/model/event';
import type { Sql } from '../../db/database.ts';
import { type BucketKey, forgetParts, notePart, readBucket, readEndedBuckets, writeBucket } from '../../store/automation-state.ts';

/** An automation that fires. */
export interface Fired {
  readonly automation: Automation;
  readonly firing: Firing;
}

interface Watched {
  readonly automation: Automation;
  readonly trigger: EventTrigger;
  readonly inside: readonly CompositeTrigger[];
}

const MOST_ENDED = 1000;
/** A proactive trigger without labels to tell things apart has one window after the other from the beginning. */
const EVERYTHING = '{}';

/** Evaluates automations in the caller's transaction: their counts and firings are there together, or not at all. */
export class Evaluation {
  readonly #sql: Sql;
  readonly #newId: () => string;
  readonly #watched: readonly Watched[];
  /** Firings come one after the other, also within a microsecond. */
  #now: Micros;

  constructor(sql: Sql, automations: readonly Automation[], { newId, now }: { newId: () => string; now: Micros }) {
    this.#sql = sql;
    this.#newId = newId;
    this.#now = now;
    this.#watched = automations.flatMap((automation) =>
      eventTriggers(automation.trigger as Trigger).map(({ trigger, inside }) => ({ automation, trigger, inside })),
    );
  }

  /** What these events make fire. */
  async events(events: readonly Event[]): Promise<Fired[]> {
    const fired: Fired[] = [];
    for (const event of events) {
      for (const watched of this.#watched)
        if (mayFire(watched.automation.id, event) && covers(watched.trigger, event)) fired.push(...(await this.#event(watched, event)));
    }
    return fired;
  }

  async #event(watched: Watched, event: Event): Promise<Fired[]> {
    const labels = labelsOf(watched.trigger, event);
    const key = keyOf(watched, JSON.stringify(labels));
    const bucket = await readBucket(this.#sql, key);
    const evaluated = evaluateEvent(watched.trigger, bucket, event);
    if (evaluated.bucket !== bucket) await writeBucket(this.#sql, key, evaluated.bucket);
    return evaluated.fires ? this.#fire(watched, event, labels) : [];
  }

  /** What it makes fire that a window has run out. */
  async ends(): Promise<Fired[]> {
    const fired: Fired[] = [];
    for (const { bucket, ...key } of await readEndedBuckets(this.#sql, MOST_ENDED)) {
      const watched = this.#watched.find(({ automation, trigger }) => automation.id === key.automation_id && trigger.id === key.trigger_id);
      const evaluated: Evaluated = watched ? evaluateEnd(watched.trigger, bucket, this.#now) : { bucket: null, fires: false };
      await writeBucket(this.#sql, key, evaluated.bucket);
      if (watched && evaluated.fires)
        fired.push(...(await this.#fire(watched, bucket.last_event, JSON.parse(key.key) as { [label: string]: string })));
    }
    await this.#begin();
    return fired;
  }

  /** Opens the windows of triggers that wait for nothing to begin. */
  async #begin(): Promise<void> {
    for (const watched of this.#watched) {
      const { posture, after, for_each, within } = watched.trigger;
      if (posture !== 'Proactive' || after.length > 0 || for_each.length > 0) continue;
      const key = keyOf(watched, EVERYTHING);
      const first: Bucket = { count: 0, starts: this.#now, ends: this.#now + within * SECOND, last_event: null };
      if (!(await readBucket(this.#sql, key))) await writeBucket(this.#sql, key, first);
    }
  }

  #firing(trigger_id: string, parts: Pick<Firing, 'triggering_event' | 'triggering_labels' | 'triggering_firings'>): Firing {
    this.#now += 1;
    return { id: this.#newId(), trigger_id, trigger_states: ['Triggered'], triggered: toInstant(this.#now), ...parts };
  }

  async #fire({ automation, trigger, inside }: Watched, event: Event | null, labels: Firing['triggering_labels']): Promise<Fired[]> {
    let firing = this.#firing(trigger.id as string, { triggering_event: event, triggering_labels: labels, triggering_firings: [] });
    for (const parent of inside) {
      const id = parent.id as string;
      const parts = await notePart(this.#sql, automation.id, id, firing);
      if (!firesWith(parent, parts, firing.triggered)) return [];
      await forgetParts(this.#sql, automation.id, id);
      firing = this.#firing(id, { triggering_event: event, triggering_labels: labels, triggering_firings: parts });
    }
    return [{ automation, firing }];
  }
}

const keyOf = ({ automation, trigger }: Watched, key: string): BucketKey => ({ automation_id: automation.id, trigger_id: trigger.id as string, key });
