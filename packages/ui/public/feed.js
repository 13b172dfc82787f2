import { ApiError, post, readEvents } from './api.js';
import { createJobs, loadAll } from './loads.js';
import { putRuns } from './store.js';

/** What the page shows; log lines are asked for where they are shown. */
const TOPICS = ['flow_run', 'progress', 'worker', 'work_pool', 'concurrency_limit'];
/** So many runs are read at once. */
const PAGE = 200;
/** The shortest time between two answers, and what each run in the last one adds: the more changes, the more come as one. */
const GAP_MS = 200;
const GAP_PER_RUN_MS = 5;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

/** @typedef {import('./store.js').Store} Store */
/** @typedef {'live' | 'connecting' | 'reconnecting' | 'paused' | 'locked'} Connection */
/**
 * Something to ask for again and again. `every`: ms when nothing happens; `gap`: at least so many ms apart when something does;
 * without it the job keeps its own time.
 * @typedef {{ every: () => number, gap?: () => number, run: (signal: AbortSignal) => Promise<void> }} Job
 */

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/**
 * Keeps the store in step with the server: it follows the stream of events, and after news, or after a while, one other request at
 * a time fetches what may have changed. Nothing is asked while nobody looks.
 * @param {{ store: Store, changed: () => void, connection: (state: Connection, reason?: string) => void, more: Job[] }} parts
 */
export function createFeed({ store, changed, connection, more }) {
  /** @type {AbortController | undefined} */
  let current;
  let look = () => {};

  /** Runs that have changed are read once a moment: the more changes, the more come as one. Resolves when the first events can come. */
  function watch(/** @type {() => void} */ news, /** @type {AbortSignal} */ signal) {
    /** @type {Set<string>} */
    const told = new Set();
    let wake = () => {};
    const reading = readEvents(
      TOPICS,
      (topic, data) => {
        if (topic === 'ready') return ready.resolve(undefined);
        if (topic === 'flow_run' && data.deleted) store.runs.delete(data.id);
        else if (topic === 'flow_run') told.add(data.flow_run.id);
        wake();
      },
      signal,
    );
    const ready = Promise.withResolvers();
    reading.catch(ready.reject);

    const next = () =>
      new Promise((resolve) => {
        wake = () => resolve(undefined);
      });
    async function fetchTold() {
      while (!signal.aborted) {
        if (told.size === 0) await Promise.race([next(), reading]);
        const ids = [...told].slice(0, PAGE);
        for (const id of ids) told.delete(id);
        if (ids.length > 0) putRuns(store, await post('/flow_runs/filter', { flow_runs: { id: { any_: ids } }, limit: PAGE }, signal));
        changed();
        news();
        await pause(GAP_MS + GAP_PER_RUN_MS * ids.length, signal);
      }
    }
    return { ready: ready.promise, reading: () => Promise.all([reading, fetchTold()]) };
  }

  async function live(/** @type {AbortSignal} */ signal) {
    let wait = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const both = new AbortController();
      const stop = AbortSignal.any([signal, both.signal]);
      try {
        look = () => {};
        const watching = watch(() => look(), stop);
        await watching.ready; // before the lists are read: what happens meanwhile is told
        await loadAll(store, stop);
        connection('live');
        wait = FIRST_PAUSE_MS;
        const { refresh, news } = createRefresh([...createJobs(store), ...more], changed);
        look = news;
        changed();
        await Promise.all([watching.reading(), refresh(stop)]);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && error.status === 401) return connection('locked', error.message);
        connection('reconnecting', error instanceof Error ? error.message : String(error));
        await pause(wait, signal);
        wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
      } finally {
        both.abort();
      }
    }
  }

  function start() {
    current?.abort();
    current = new AbortController();
    if (document.hidden) return connection('paused');
    connection('connecting');
    void live(current.signal);
  }

  document.addEventListener('visibilitychange', start);
  return { start, look: () => look() };
}

/** One request after the other, the one that is due the longest first. @param {Job[]} jobs @param {() => void} changed */
function createRefresh(jobs, changed) {
  const plans = jobs.map((job) => ({ job, last: performance.now(), due: performance.now() + job.every(), again: false }));
  let wake = () => {};

  /** What came between the news and the next wait is seen by a second look. */
  function news() {
    for (const plan of plans) {
      if (!plan.job.gap) continue;
      plan.due = Math.min(plan.due, Math.max(performance.now(), plan.last + plan.job.gap()));
      plan.again = true;
    }
    wake();
  }

  async function refresh(/** @type {AbortSignal} */ signal) {
    while (!signal.aborted) {
      const next = plans.reduce((first, plan) => (plan.due < first.due ? plan : first));
      const early = new AbortController();
      wake = () => early.abort();
      await pause(Math.max(0, next.due - performance.now()), AbortSignal.any([signal, early.signal]));
      if (signal.aborted) return;
      if (next.due > performance.now()) continue;
      const again = next.again;
      next.again = false;
      await next.job.run(signal);
      next.last = performance.now();
      // News that came while it was asked for may be younger than the answer.
      next.due = next.last + (again || next.again ? (next.job.gap?.() ?? 0) : next.job.every());
      changed();
    }
  }

  return { refresh, news };
}
