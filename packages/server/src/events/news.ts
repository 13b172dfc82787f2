import { NAMED_TOPICS, type NamedTopic } from '@sluice/core/events/topics';

/** Stands for all flow runs or all limits, where there are too many to name or nobody knows which. */
export const EVERYTHING = '*';

/** Whether news tell of one of these. */
export const tellsOf = (told: readonly string[], ids: ReadonlySet<string>): boolean => told.some((id) => id === EVERYTHING || ids.has(id));

/** Records that are others now, by topic: their ids, or other names of theirs. */
export type RecordNews = { readonly [T in NamedTopic]?: readonly string[] };

/** What a commit changed, for those who wait in this process or on another server of the same database. */
export interface News {
  /** Flow runs with a new state. */
  readonly flow_runs: readonly string[];
  /** A run is due, or slots of a place are free: claims may succeed now. */
  readonly claimable: boolean;
  /** Concurrency limits with free slots. */
  readonly limits: readonly string[];
  /** Rows were written that the stream of events reads: states, log lines. */
  readonly events: boolean;
  readonly records: RecordNews;
}

export type Listener = (news: News) => void;

/** Carries news to whoever waits. `toOthers` tells the other servers; a single server has none. */
export interface NewsDesk {
  publish(news: Partial<News>): void;
  subscribe(listener: Listener): () => void;
}

const NOTHING: News = { flow_runs: [], claimable: false, limits: [], events: false, records: {} };

/** Told to whoever may have missed something: they look at everything again. */
export const ALL_NEWS: News = {
  flow_runs: [EVERYTHING],
  claimable: true,
  limits: [EVERYTHING],
  events: true,
  records: Object.fromEntries(NAMED_TOPICS.map((topic) => [topic, [EVERYTHING]])),
};

const isNothing = ({ flow_runs, claimable, limits, events, records }: News): boolean =>
  flow_runs.length === 0 && limits.length === 0 && !claimable && !events && Object.values(records).every((ids) => ids.length === 0);

export function createNewsDesk(toOthers?: (news: News) => void): NewsDesk & { receive(news: News): void } {
  const listeners = new Set<Listener>();
  const receive = (news: News) => {
    for (const listener of listeners) listener(news);
  };
  return {
    receive,
    publish: (some) => {
      const news = { ...NOTHING, ...some };
      if (isNothing(news)) return;
      receive(news);
      toOthers?.(news);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Many news as one. */
export class GatheredNews {
  readonly #flowRuns = new Set<string>();
  readonly #limits = new Set<string>();
  readonly #records = new Map<NamedTopic, Set<string>>();
  #claimable = false;
  #events = false;

  add({ flow_runs, limits, claimable, events, records }: News): void {
    for (const id of flow_runs) this.#flowRuns.add(id);
    for (const id of limits) this.#limits.add(id);
    for (const [topic, ids] of Object.entries(records) as [NamedTopic, readonly string[]][]) {
      const known = this.#records.get(topic) ?? new Set();
      for (const id of ids) known.add(id);
      this.#records.set(topic, known);
    }
    this.#claimable ||= claimable;
    this.#events ||= events;
  }

  get news(): News {
    const records = Object.fromEntries([...this.#records].map(([topic, ids]) => [topic, [...ids]]));
    return { flow_runs: [...this.#flowRuns], limits: [...this.#limits], claimable: this.#claimable, events: this.#events, records };
  }

  /** The same in few bytes: where something is told of, everything is. */
  get short(): News {
    const { records } = this.news;
    const topics = Object.keys(records);
    return {
      flow_runs: [EVERYTHING],
      limits: [EVERYTHING],
      claimable: true,
      events: true,
      records: Object.fromEntries(topics.map((topic) => [topic, [EVERYTHING]])),
    };
  }
}
