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
  /** So far entries reach, also when a reading broke off in the middle. */
  #reached: Position | undefined;
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

  get readers(): number {
    return this.#readers;
  }

  join(): void {
    if (this.#readers++ > 0) return;
    this.#forget(); // what a reading that was under way when the last one left has brought
    this.#timer = setInterval(() => void this.#look().catch(() => {}), LOOK_AGAIN_MS).unref();
  }

  leave(): void {
    if (--this.#readers > 0) return;
    clearInterval(this.#timer);
    this.#forget();
  }

  #forget(): void {
    this.#settled = undefined;
    this.#reached = undefined;
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
    this.#turn ??= this.#turns();
    return this.#turn;
  }

  /** It ends in the moment in which it finds nothing asked for: a call after that begins another one. */
  async #turns(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#readOn();
      } while (this.#again);
    } finally {
      this.#turn = undefined;
    }
  }

  async #readOn(): Promise<void> {
    const upto = await readSnapshot(this.#sql);
    let position: Position = this.#reached ?? { since: upto, within: null };
    await this.#tellRecords(position);
    while (position.since !== upto || position.within) {
      const page = await readEvents(this.#sql, position, { topics: KEPT_TOPICS, upto });
      position = page.position;
      if (page.events.length > 0) this.recent.add({ events: page.events, reset: [], position });
      this.#reached = position;
    }
    this.#reached = position;
    this.#settled = { place: this.recent.last, snapshot: upto };
  }

  async #tellRecords(position: Position): Promise<void> {
    const gathered = this.#gathered;
    this.#gathered = new GatheredNews();
    try {
      const { records, reset } = await this.#readRecords(gathered.news);
      if (records.length > 0 || reset.length > 0) this.recent.add({ events: records, reset, position });
    } catch (error) {
      this.#gathered.add(gathered.news); // for the next reading
      throw error;
    }
  }

  async #readRecords(news: News): Promise<{ records: RecordEvent[]; reset: NamedTopic[] }> {
    const named = namedIn(news);
    const reset = named.flatMap(([topic, ids]) => (ids.includes(EVERYTHING) ? topic : []));
    const known = named.filter(([topic]) => !reset.includes(topic));
    const lists = await Promise.all(known.map(([topic, ids]) => readNamedRecords(this.#sql, topic, ids)));
    return { records: lists.flat(), reset };
  }
}
