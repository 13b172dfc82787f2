import { isActive } from './states.js';

/** @typedef {import('./store.js').Store} Store */

/**
 * Why a run does not go on, as the server says it, or how it ended, in one sentence.
 * @param {Store} store
 * @param {any} run
 * @returns {string}
 */
export function reasonOf(store, run) {
  const why = store.reasons.get(run.id);
  if (why) return why;
  return run.state_type === 'COMPLETED' || run.state_type === 'PENDING' ? '' : (run.state?.message ?? '');
}

/** Slots in use of a pool. @param {Store} store @param {any} pool */
export const slotsOf = (store, pool) =>
  [...store.runs.values()].filter((run) => isActive(run) && !run.waiting_on && run.work_pool_name === pool.name).length;

/** How many runs these workers can have at once; null when one of them, a Prefect worker, does not say. @param {any[]} workers */
export const capacityOf = (workers) =>
  workers.reduce((sum, { concurrency_limit }) => (sum === null || concurrency_limit === null ? null : sum + concurrency_limit), 0);
