import { isKept, KEPT_TOPICS, type TopicName } from '@sluice/core/events/topics';
import type { Database } from '../db/database.ts';
import { type Position, parsePosition } from '../store/event-position.ts';
import { isOurs, readEvents } from '../store/events.ts';
import { Family } from './family.ts';
import { Head } from './head.ts';
import type { NewsDesk } from './news.ts';
import type { AnyEvent } from './recent.ts';

export interface Wish {
  readonly topics: readonly TopicName[];
  /** Only what is told of this flow run. */
  readonly flowRunId: string | undefined;
  /** And of all flow runs that run in it. */
  readonly descendants?: boolean;
  /** Topics to which the flow run is a limit: all of them when it is left out. */
  readonly runTopics?: readonly TopicName[] | undefined;
  /** Goes on from here; undefined: from now. */
  readonly after: string | undefined;
}

/** Events that go to a reader together. */
export interface Batch {
  readonly events: readonly AnyEvent[];
  /** Topics of which something may have been missed. */
  readonly reset: readonly TopicName[];
  /** The position of a reader that has read it. */
  readonly position: Position;
}

export interface EventStream {
  /**
   * What happens, read by each at its own pace: nothing is held for a reader that is slow, it reads from the database what it has
   * not had. The first batch has no event; all that is committed after it came is told by those that follow.
   */
  follow(wish: Wish, signal: AbortSignal): AsyncGenerator<Batch, void>;
  /** How many read it now. */
  readers(): number;
  close(): void;
}

export function createEventStream(deps: { readonly database: Database; readonly desk: NewsDesk }): EventStream {
  const { sql } = deps.database;
  const head = new Head(deps);

  /** Undefined for what is no position, or one of another database. */
  async function read(after: string): Promise<Position | undefined> {
    const position = parsePosition(after);
    return position && (await isOurs(sql, position.within?.upto ?? position.since)) ? position : undefined;
  }

  async function* follow({ topics, flowRunId, descendants, runTopics, after }: Wish, signal: AbortSignal): AsyncGenerator<Batch, void> {
    const kept = KEPT_TOPICS.filter((topic) => topics.includes(topic));
    const records = topics.filter((topic) => !isKept(topic));
    const runOf = (topic: TopicName) => (runTopics?.includes(topic) === false ? undefined : flowRunId);
    const family = descendants && flowRunId ? new Family(sql, flowRunId) : undefined;
    /** What the database is asked for: which runs are of the family is known when it is told of them. */
    const askedOf = family ? () => undefined : runOf;
    const isOfRun = ({ topic, flow_run_id }: AnyEvent) =>
      runOf(topic) === undefined || (family ? family.has(flow_run_id) : flow_run_id === flowRunId);
    async function wished(events: readonly AnyEvent[]): Promise<AnyEvent[]> {
      const asked = events.filter(({ topic }) => topics.includes(topic));
      await family?.meet(asked.filter(({ topic }) => runOf(topic) !== undefined));
      return asked.filter(isOfRun);
    }
    if (signal.aborted) return;
    head.join();
    try {
      let { place, snapshot } = await head.now();
      const known = after === undefined ? undefined : await read(after);
      let position = known ?? { since: snapshot, within: null };
      yield { events: [], reset: after === undefined ? [] : known ? records : topics, position };
      for (let isBehind = known !== undefined; !signal.aborted; isBehind = true) {
        while (isBehind && (position.since !== snapshot || position.within)) {
          const page = await readEvents(sql, position, { topics: kept, runOf: askedOf, upto: snapshot });
          position = page.position;
          const events = await wished(page.events);
          if (events.length > 0) yield { events, reset: [], position };
        }
        for (let entries = head.recent.after(place); entries && !signal.aborted; entries = head.recent.after(place)) {
          for (const entry of entries) {
            ({ place, position } = entry);
            const events = await wished(entry.events);
            const reset = entry.reset.filter((topic) => topics.includes(topic));
            if (events.length > 0 || reset.length > 0) yield { events, reset, position };
          }
          await head.recent.next(place, signal);
        }
        if (signal.aborted) return;
        // It was too slow for what is kept in mind.
        ({ place, snapshot } = await head.now());
        if (records.length > 0) yield { events: [], reset: records, position };
      }
    } finally {
      head.leave();
    }
  }

  return { follow, readers: () => head.readers, close: () => head.close() };
}
