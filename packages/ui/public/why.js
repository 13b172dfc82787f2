import { age, millis, plural } from './format.js';
import { isActive, isFinal } from './states.js';

/** @typedef {import('./store.js').Store} Store */

/**
 * Why a run does not go on, or how it ended, in one sentence.
 * @param {Store} store
 * @param {any} run
 * @param {number} now
 */
export function reasonOf(store, run, now) {
  if (run.waiting_on) return waitReason(store, run.waiting_on);
  if (run.state_type === 'COMPLETED') return '';
  if (run.state?.message && run.state_type !== 'PENDING') return run.state.message;
  return run.state_type === 'SCHEDULED' ? queueReason(store, run, now) : '';
}

/** @param {Store} store @param {{ flow_runs?: string[], slot?: string }} waitingOn */
function waitReason(store, { flow_runs, slot }) {
  if (slot) return `waits for a slot of ${slot}`;
  const ids = flow_runs ?? [];
  const open = ids.filter((id) => !isFinal(store.runs.get(id) ?? {})).length;
  if (open === 0) return 'goes on in a moment';
  return open === ids.length ? `waits for ${plural(open, 'run')}` : `waits for ${open} of ${plural(ids.length, 'run')}`;
}

/** The same places that a claim looks at, in its order. @param {Store} store @param {any} run @param {number} now */
function queueReason(store, run, now) {
  const due = millis(run.next_scheduled_start_time) ?? now;
  if (due > now + 1000) return `due in ${age(due - now)}`;
  const pool = store.pools.find(({ name }) => name === run.work_pool_name);
  if (!pool) return '';
  if (pool.is_paused) return `work pool ${pool.name} is paused`;
  const workers = store.workers.filter(({ work_pool_id, status }) => work_pool_id === pool.id && status === 'ONLINE');
  if (workers.length === 0) return `no worker of ${pool.name} is online`;
  const used = slotsOf(store, pool);
  if (pool.concurrency_limit !== null && used >= pool.concurrency_limit) return `waits for a slot of work pool ${pool.name}`;
  const room = capacityOf(workers);
  return room !== null && used >= room ? 'waits for a free worker' : '';
}

/** Slots in use of a pool. @param {Store} store @param {any} pool */
export const slotsOf = (store, pool) =>
  [...store.runs.values()].filter((run) => isActive(run) && !run.waiting_on && run.work_pool_name === pool.name).length;

/** How many runs these workers can have at once; null when one of them, a Prefect worker, does not say. @param {any[]} workers */
export const capacityOf = (workers) =>
  workers.reduce((sum, { concurrency_limit }) => (sum === null || concurrency_limit === null ? null : sum + concurrency_limit), 0);
