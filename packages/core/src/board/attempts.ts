import type { Attempt, OUTCOMES } from '../model/board.ts';
import type { StateType } from '../model/state-type.ts';

/** What the board needs of a state. `scheduled` is when a SCHEDULED one is due. */
export interface StateOfRun {
  readonly type: StateType;
  readonly name: string;
  readonly timestamp: string;
  readonly message: string | null;
  readonly scheduled: string | null;
}

type Outcome = (typeof OUTCOMES)[number];

/** The claim's message names the worker, which the run's record forgets at the next claim. */
const CLAIMED = /^Claimed by (.+)\.$/s;

const OUTCOME_OF: { readonly [T in StateType]: Outcome } = {
  SCHEDULED: 'retry',
  PENDING: 'retry',
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  CRASHED: 'crashed',
  PAUSED: 'paused',
  CANCELLING: 'running',
};

/** A crash and a failure send the run back to the queue under names of their own. */
const outcomeOf = ({ type, name }: StateOfRun): Outcome => (name === 'Requeued' ? 'lost' : OUTCOME_OF[type]);

/** Stays of a run on workers, and since when it stands in the queue now, by all its states, the oldest first. */
export function attemptsOf(states: readonly StateOfRun[], lastWorker: string | null): { attempts: Attempt[]; queued: string | null } {
  const attempts: Attempt[] = [];
  let queued: string | null = null;
  let open = false;

  function begin(claimed: string, worker: string | null, start: string | null): void {
    attempts.push({ number: attempts.length + 1, queued: queued ?? claimed, claimed, start, end: null, worker, outcome: 'running', message: null });
    open = true;
    queued = null;
  }

  for (const state of states) {
    const last = attempts.at(-1);
    const { type, timestamp, message } = state;
    if (type === 'CANCELLING') continue;
    if (type === 'RUNNING') {
      if (open && last) attempts[attempts.length - 1] = { ...last, start: last.start ?? timestamp };
      else begin(timestamp, null, timestamp);
      continue;
    }
    if (open && last) {
      attempts[attempts.length - 1] = { ...last, end: timestamp, outcome: outcomeOf(state), message };
      open = false;
    }
    if (type === 'SCHEDULED') queued = queuedSince(state, queued);
    else if (type === 'PENDING') begin(timestamp, CLAIMED.exec(message ?? '')?.[1] ?? null, null);
    else queued = null;
  }
  return { attempts: attempts.map((attempt) => ({ ...attempt, worker: attempt.worker ?? lastWorker })), queued };
}

/** One that stands in the queue already and is due, as one that is named Late, stands there since it came. */
function queuedSince({ timestamp, scheduled }: StateOfRun, before: string | null): string {
  const since = later(timestamp, scheduled);
  return before !== null && before < since && (scheduled ?? timestamp) <= timestamp ? before : since;
}

/** Instants of the wire have one form, in which their order is that of their texts. */
const later = (one: string, other: string | null): string => (other !== null && other > one ? other : one);
