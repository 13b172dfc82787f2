/** Stands for all flow runs or all limits, where there are too many to name or nobody knows which. */
export const EVERYTHING = '*';

/** Whether news tell of one of these. */
export const tellsOf = (told: readonly string[], ids: ReadonlySet<string>): boolean => told.some((id) => id === EVERYTHING || ids.has(id));

/** What a commit changed, for those who wait in this process or on another server of the same database. */
export interface News {
  /** Flow runs with a new state. */
  readonly flow_runs: readonly string[];
  /** A run is due, or slots of a place are free: claims may succeed now. */
  readonly claimable: boolean;
  /** Concurrency limits with free slots. */
  readonly limits: readonly string[];
}

export type Listener = (news: News) => void;

/** Carries news from the door to whoever waits. `toOthers` tells the other servers; a single server has none. */
export interface NewsDesk {
  publish(news: News): void;
  subscribe(listener: Listener): () => void;
}

export function createNewsDesk(toOthers?: (news: News) => void): NewsDesk & { receive(news: News): void } {
  const listeners = new Set<Listener>();
  const receive = (news: News) => {
    for (const listener of listeners) listener(news);
  };
  return {
    receive,
    publish: (news) => {
      if (news.flow_runs.length === 0 && news.limits.length === 0 && !news.claimable) return;
      receive(news);
      toOthers?.(news);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
