import { ApiError, post } from './api.js';
import { createJobs, loadAll } from './loads.js';
import { putRuns, watched } from './store.js';

/** One wait ends after this; the next one follows. */
const WAIT_SECONDS = 25;
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
 * Keeps the store in step with the server: one request waits for news, and after news, or after a while, one other request at a
 * time fetches what may have changed. Nothing is asked while nobody looks.
 * @param {{ store: Store, changed: () => void, connection: (state: Connection, reason?: string) => void, more: Job[] }} parts
 */
export function createFeed({ store, changed, connection, more }) {
  /** @type {AbortController | undefined} */
  let current;
  let look = () => {};

  async function watch(/** @type {() => void} */ news, /** @type {AbortSignal} */ signal) {
    while (!signal.aborted) {
      const answer = await post('/flow_runs/wait', { ...watched(store), any: true, wait_seconds: WAIT_SECONDS }, signal);
      for (const id of answer.missing) store.runs.delete(id);
      putRuns(store, answer.flow_runs);
      changed();
      news();
      await pause(GAP_MS + GAP_PER_RUN_MS * answer.flow_runs.length, signal);
    }
  }

  async function live(/** @type {AbortSignal} */ signal) {
    let wait = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const both = new AbortController();
      const stop = AbortSignal.any([signal, both.signal]);
      try {
        await loadAll(store, stop);
        connection('live');
        wait = FIRST_PAUSE_MS;
        const { refresh, news } = createRefresh([...createJobs(store), ...more], changed);
        look = news;
        changed();
        await Promise.all([watch(news, stop), refresh(stop)]);
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
