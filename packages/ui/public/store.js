import { millis } from './format.js';
import { isActive, isFinal, isRepeated } from './states.js';

/** More runs than a person looks at, few enough to be drawn at once. */
const KEPT_RUNS = 600;
const RATE_WINDOW_MS = 4000;

/** @typedef {{ label: string, done: number, total: number | null, at: number, rate: number | null, seen: { at: number, done: number }[] }} Progress */

/** What this page knows of the server. The feed writes it, the parts of the page read it. */
export function createStore() {
  return {
    /** @type {any} */
    server: null,
    /** @type {any[]} */
    pools: [],
    /** @type {any[]} */
    workers: [],
    /** @type {any[]} */
    limits: [],
    /** Runs by state now, and those that ended in the last hour: `RUNNING`, `SCHEDULED`, … @type {Record<string, number> | null} */
    counts: null,
    /** @type {Map<string, string>} */
    flows: new Map(),
    /** @type {Map<string, any>} */
    runs: new Map(),
    /** @type {Map<string, Progress>} */
    progress: new Map(),
    /** Ended runs whose last progress is known, with the state they ended in. @type {Map<string, string>} */
    settled: new Map(),
    /** States of runs that were started more than once, by run. @type {Map<string, { state_id: string, states: any[] }>} */
    histories: new Map(),
    /** Why runs do not go on, by their ids. @type {Map<string, string | null>} */
    reasons: new Map(),
    /** Runs that the table's filter asked for: kept, however old. @type {Set<string>} */
    page: new Set(),
  };
}

/** @typedef {ReturnType<typeof createStore>} Store */

/** An answer that was under way while a newer one came changes nothing. @param {Store} store @param {any[]} runs */
export function putRuns(store, runs) {
  for (const run of runs) {
    const known = store.runs.get(run.id)?.state?.timestamp ?? '';
    if ((run.state?.timestamp ?? '') >= known) store.runs.set(run.id, run);
  }
  if (store.runs.size <= KEPT_RUNS) return;
  const old = newestFirst(store).filter((run) => isFinal(run) && !store.page.has(run.id));
  for (const { id } of old.slice(Math.max(0, old.length - (store.runs.size - KEPT_RUNS)))) {
    for (const map of [store.runs, store.progress, store.histories, store.settled]) map.delete(id);
  }
}

/**
 * @param {Store} store
 * @param {{ flow_run_id: string, label: string, done: number, total: number | null, updated: string }[]} records
 */
export function putProgress(store, records) {
  for (const { flow_run_id, label, done, total, updated } of records) {
    const at = millis(updated) ?? 0;
    const before = store.progress.get(flow_run_id);
    if (before?.at === at) continue;
    // A run that begins anew counts from nought again, and what has another label counts something else.
    const seen = [
      ...(before?.label === label ? before.seen : []).filter((sample) => sample.at > at - RATE_WINDOW_MS && sample.done <= done),
      { at, done },
    ];
    store.progress.set(flow_run_id, { label, done, total, at, rate: rateOf(seen) ?? (done === before?.done ? 0 : null), seen });
  }
}

/** Done a second, over the samples of the last seconds. @param {{ at: number, done: number }[]} seen */
function rateOf(seen) {
  const [first] = seen;
  const last = seen.at(-1);
  return first && last && last.at > first.at ? ((last.done - first.done) * 1000) / (last.at - first.at) : null;
}

/**
 * Rows that a run has read, as the ETL's runs tell them. When all are read they are written at one stroke, and the progress of that,
 * which is the last one of its run, holds their number as what there is to do.
 * @param {Store} store @param {string} id @returns {{ done: number, rate: number | null } | undefined}
 */
export function rowsOf(store, id) {
  const progress = store.progress.get(id);
  if (progress?.label === 'loading') return { done: progress.total ?? progress.done, rate: null };
  return progress?.label === 'rows' ? progress : undefined;
}

/** Ids of runs are UUIDv7: their order is the order in which the runs were made. @param {Store} store @returns {any[]} */
export const newestFirst = (store) => [...store.runs.values()].sort((a, b) => (a.id < b.id ? 1 : -1));

/** @param {Store} store @returns {any[]} */
export const activeRuns = (store) => [...store.runs.values()].filter(isActive);

/** Runs that hold slots: those that only wait have lent theirs. @param {Store} store @returns {any[]} */
export const slotHolders = (store) => activeRuns(store).filter((run) => !run.waiting_on);

/** Due, and without a process. @param {Store} store @param {number} now @returns {any[]} */
export const queuedRuns = (store, now) =>
  [...store.runs.values()].filter((run) => run.state_type === 'SCHEDULED' && (millis(run.next_scheduled_start_time) ?? now) <= now);

/** Runs whose history is not known yet, the newest first. @param {Store} store */
export const withoutHistory = (store) =>
  newestFirst(store).filter((run) => isRepeated(run) && store.histories.get(run.id)?.state_id !== run.state_id);

/** A worker's name, with its pool where another pool may have one of the same name. @param {Store} store @param {string} name @param {string | null} pool */
export const workerLabel = (store, name, pool) => (store.pools.length > 1 && pool ? `${name} (${pool})` : name);

/** @param {Store} store @param {any} worker */
export const poolOf = (store, worker) => store.pools.find(({ id }) => id === worker.work_pool_id)?.name ?? null;

/** @param {Store} store @param {any} run */
export const flowName = (store, run) => store.flows.get(run.flow_id) ?? '';

/** What tells a run from its neighbours: the table that it moves, else its flow. @param {Store} store @param {any} run @returns {string} */
export function labelOf(store, run) {
  const { table } = run.parameters;
  return table === undefined || table === null || typeof table === 'object' ? flowName(store, run) || run.name : String(table);
}
