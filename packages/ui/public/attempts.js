import { millis } from './format.js';
import { isActive, isFinal, isRepeated, lookOf, lookOfRun } from './states.js';

/**
 * One stay of a run on a worker: a bar of a lane. `end` null: it goes on. `lost`: it ended because its worker or process was gone.
 * @typedef {{ id: string, run: any, worker: string | null, queued: number, start: number, end: number | null, tone: string,
 *   lost: boolean, number: number }} Attempt
 */

/** The claim's message names the worker, which the run's record forgets at the next claim. */
const CLAIMED = /^Claimed by (.+)\.$/s;

/**
 * The attempts of a run, by its record; by its states when it was started more than once.
 * @param {any} run
 * @param {any[] | undefined} states
 * @returns {Attempt[]}
 */
export function attemptsOf(run, states) {
  if (states && isRepeated(run)) return fromStates(run, states);
  const hasProcess = isActive(run) || (isFinal(run) && run.worker_name !== null) || (isFinal(run) && run.total_run_time > 0);
  const start = millis(run.start_time) ?? (isActive(run) ? millis(run.state?.timestamp) : null);
  if (!hasProcess || start === null || isRepeated(run)) return [];
  const attempt = { id: `${run.id} 1`, run, worker: run.worker_name, queued: millis(run.expected_start_time) ?? start, start, number: 1 };
  return [{ ...attempt, end: millis(run.end_time), tone: lookOfRun(run).tone, lost: run.state_type === 'CRASHED' }];
}

/** @param {any} run @param {any[]} states */
function fromStates(run, states) {
  /** @type {Attempt[]} */
  const attempts = [];
  /** @type {string | null} */
  let worker = null;
  let queued = millis(run.expected_start_time) ?? 0;
  /** @type {Attempt | null} */
  let open = null;
  for (const state of states) {
    const at = millis(state.timestamp) ?? 0;
    if (state.type === 'CANCELLING') continue;
    if (open && state.type !== 'RUNNING') {
      Object.assign(open, { end: at, ...outcomeOf(state) });
      open = null;
    }
    if (state.type === 'SCHEDULED') queued = Math.max(at, millis(state.state_details.scheduled_time) ?? at);
    if (state.type === 'PENDING') worker = CLAIMED.exec(state.message ?? '')?.[1] ?? worker;
    if (state.type !== 'RUNNING' || open) continue;
    const number = attempts.length + 1;
    open = { id: `${run.id} ${number}`, run, worker, queued, start: at, end: null, tone: 'running', lost: false, number };
    attempts.push(open);
  }
  if (open) Object.assign(open, { tone: lookOfRun(run).tone, worker: run.worker_name });
  return attempts.map((attempt) => ({ ...attempt, worker: attempt.worker ?? run.worker_name }));
}

/** How an attempt looks that this state ended. A crash and a failure send the run back to the queue under names of their own. */
function outcomeOf(/** @type {any} */ { type, name }) {
  if (type === 'CRASHED' || name === 'Requeued') return { tone: 'crashed', lost: true };
  if (name === 'AwaitingRetry') return { tone: 'failed', lost: false };
  return { tone: lookOf(type, name).tone, lost: false };
}
