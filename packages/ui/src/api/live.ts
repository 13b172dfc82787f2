import { followEvents } from '@sluice/client/events';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { Told, TopicName } from '@sluice/core/events/topics';
import { client } from './client.ts';
import { lock, onKey } from './session.ts';

/** `polling`: there is no stream, so pages ask again after a while. */
export type LiveStatus = 'connecting' | 'live' | 'reconnecting' | 'paused' | 'polling';

/** What a page wants beside what all pages want. */
export interface LiveWish {
  /** Task runs and log lines of this flow run. */
  readonly flowRunId?: string | undefined;
  /** And of all that run in it. */
  readonly descendants?: boolean | undefined;
  /** Log lines of all runs. */
  readonly logs?: boolean | undefined;
  /** Events of all kinds, those of clients too. */
  readonly events?: boolean | undefined;
}

/** What may change any page: it is little, and one stream that stays open costs less than one that is opened for each page. */
const ALWAYS: readonly TopicName[] = [
  'flow_run',
  'progress',
  'worker',
  'work_pool',
  'work_queue',
  'deployment',
  'concurrency_limit',
  'flow',
  'automation',
  'artifact',
  'variable',
  'block_document',
];
const OF_A_RUN: readonly TopicName[] = ['task_run', 'log'];

/**
 * A question does not wait longer than this for the stream: the page is of use without it. Counted in turns, of which a page that is
 * busy with drawing uses up one: what has come meanwhile is heard before the next.
 */
const OPEN_TURNS = 4;
const TURN_MS = 100;
/** Something between here and the server keeps the stream back: then the pages poll. */
const SILENT_MS = 5000;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5000;

type Listener = (told: Told) => void;

const sameWish = (a: LiveWish, b: LiveWish): boolean =>
  a.flowRunId === b.flowRunId && a.logs === b.logs && a.events === b.events && !a.descendants === !b.descendants;

/** The one stream of a page. */
class Live {
  #wish: LiveWish = {};
  #followed: LiveWish | undefined;
  #late = false;
  #status: LiveStatus = 'connecting';
  #current: AbortController | undefined;
  #opened = Promise.withResolvers<void>();
  readonly #listeners = new Set<Listener>();
  readonly #watchers = new Set<() => void>();

  constructor() {
    document.addEventListener('visibilitychange', () => this.#start());
    onKey(() => this.#start());
  }

  get status(): LiveStatus {
    return this.#status;
  }

  /** Resolves when events can come, or when it took too long. */
  opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Whether questions were let go before events could come: what was answered meanwhile may be old. */
  get wasLate(): boolean {
    return this.#late;
  }

  /** Goes on with what this page wants; the same wish changes nothing. A page that follows another is one change. */
  wish(wish: LiveWish): void {
    this.#wish = wish;
    queueMicrotask(() => {
      if (this.#wish !== wish || (this.#followed && sameWish(wish, this.#followed))) return;
      this.#start();
    });
  }

  /** Hears all events, and `ready` each time that something may have been missed. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watchStatus(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #say(status: LiveStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const tell of this.#watchers) tell();
  }

  #start(): void {
    this.#current?.abort();
    this.#current = new AbortController();
    this.#opened.resolve();
    if (document.hidden) {
      this.#say('paused');
      return;
    }
    const opened = Promise.withResolvers<void>();
    this.#opened = opened;
    this.#late = false;
    this.#followed = this.#wish;
    let turns = 0;
    const late = setInterval(() => {
      if (++turns < OPEN_TURNS) return;
      this.#late = true;
      opened.resolve();
    }, TURN_MS);
    void opened.promise.then(() => clearInterval(late));
    if (this.#status === 'paused') this.#say('connecting');
    void this.#follow(this.#current.signal, opened.resolve);
  }

  async #follow(signal: AbortSignal, opened: () => void): Promise<void> {
    const { flowRunId, descendants, logs, events } = this.#wish;
    const topics = [...ALWAYS, ...(flowRunId ? OF_A_RUN : logs ? (['log'] as const) : events ? (['event'] as const) : [])];
    const wish = { topics, ...(flowRunId && { flow_run_id: flowRunId, ...(descendants && { descendants }), run_topics: OF_A_RUN }) };
    for (let wait = FIRST_PAUSE_MS; !signal.aborted; wait *= 2) {
      const silence = setTimeout(() => this.#say('polling'), SILENT_MS);
      try {
        for await (const told of followEvents(client(), wish, signal)) {
          clearTimeout(silence);
          if (signal.aborted) return;
          if (told.topic === 'ready') {
            opened();
            wait = FIRST_PAUSE_MS;
            this.#say('live');
          }
          for (const tell of this.#listeners) tell(told);
        }
      } catch (error) {
        if (signal.aborted) return;
        opened();
        const code = isSluiceError(error) ? error.code : undefined;
        if (isSluiceError(error) && code === 'UNAUTHORIZED') return lock(error);
        const isMissing = code === 'NOT_FOUND' || code === 'ROUTE_NOT_FOUND';
        this.#say(isMissing ? 'polling' : 'reconnecting');
        if (isMissing) return;
      } finally {
        clearTimeout(silence);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(wait, LONGEST_PAUSE_MS)));
    }
  }
}

export const live = new Live();
