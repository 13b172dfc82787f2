import { KEPT_TOPICS, type NamedTopic } from '@sluice/core/events/topics';
import type { Database } from '../db/database.ts';
import type { Position } from '../store/event-position.ts';
import { type RecordEvent, readNamedRecords } from '../store/event-records.ts';
import { readEvents, readSnapshot } from '../store/events.ts';
import { EVERYTHING, GatheredNews, type News, type NewsDesk } from './news.ts';
import { Recent } from './recent.ts';

/** All that this snapshot sees has come by the entry of this number. */
export interface Settled {
  readonly place: number;
  readonly snapshot: string;
}

/** Records that are others now. A limit with free slots is one. */
function namedIn({ records, limits }: News): [NamedTopic, readonly string[]][] {
  const all = limits.length > 0 ? { ...records, concurrency_limit: [...limits, ...(records.concurrency_limit ?? [])] } : records;
  return Object.entries(all) as [NamedTopic, readonly string[]][];
}

/** Looks again at least this often, should news get lost. */
const LOOK_AGAIN_MS = 5000;

/** Reads what happens, once for all readers of this server, and only while there are any. */
export class Head {
  readonly recent = new Recent();
  readonly #sql: Database['sql'];
  readonly #unsubscribe: () => void;
  #readers = 0;
  #settled: Settled | undefined;
  #gathered = new GatheredNews();
  #turn: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;

  constructor({ database, desk }: { readonly database: Database; readonly desk: NewsDesk }) {
    this.#sql = database.sql;
    this.#unsubscribe = desk.subscribe((news) => {
      if (this.#readers === 0) return;
      this.#gathered.add(news);
      if (news.events || namedIn(news).length > 0) this.#look().catch(() => {}); // looked for again, by the timer
    });
  }

  join(): void {
    if (this.#readers++ === 0) this.#timer = setInterval(() => void this.#look().catch(() => {}), LOOK_AGAIN_MS).unref();
  }

  leave(): void {
    if (--this.#readers > 0) return;
    clearInterval(this.#timer);
    this.#settled = undefined;
    this.#gathered = new GatheredNews();
    this.recent.clear();
  }

  /** Where everything stands that was committed before the call. Rejects when the database is away. */
  async now(): Promise<Settled> {
    await this.#look();
    return this.#settled ?? this.now();
  }

  close(): void {
    this.#unsubscribe();
    clearInterval(this.#timer);
  }

  /** One reading at a time; a call during one is served by the next. */
  #look(): Promise<void> {
    this.#again = true;
    this.#turn ??= this.#turns().finally(() => {
      this.#turn = undefined;
    });
    return this.#turn;
  }

  async #turns(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      if (this.#readers > 0) await this.#readOn();
    }
  }

  async #readOn(): Promise<void> {
    const upto = await readSnapshot(this.#sql);
    let position: Position = { since: this.#settled?.snapshot ?? upto, within: null };
    const { records, reset } = await this.#readRecords();
    if (records.length > 0 || reset.length > 0) this.recent.add({ events: records, reset, position });
    while (position.since !== upto) {
      const page = await readEvents(this.#sql, position, { topics: KEPT_TOPICS, upto });
      position = page.position;
      if (page.events.length > 0) this.recent.add({ events: page.events, reset: [], position });
    }
    this.#settled = { place: this.recent.last, snapshot: upto };
  }

  async #readRecords(): Promise<{ records: RecordEvent[]; reset: NamedTopic[] }> {
    const named = namedIn(this.#gathered.news);
    this.#gathered = new GatheredNews();
    const reset = named.flatMap(([topic, ids]) => (ids.includes(EVERYTHING) ? topic : []));
    const known = named.filter(([topic]) => !reset.includes(topic));
    const lists = await Promise.all(known.map(([topic, ids]) => readNamedRecords(this.#sql, topic, ids)));
    return { records: lists.flat(), reset };
  }
}
