import type { State, StateCreate } from '../model/state.ts';

/** Something whose deadline is over: the message for it, and its task run, when that can be tried again. */
export interface Overdue {
  readonly message: string;
  readonly task_run_id?: string | undefined;
}

/** Proposes a state in the place of a run's process, and resolves with what came of it. */
export interface Propose {
  (state: StateCreate): Promise<Told>;
  /** The same for one of its task runs. */
  ofTask(id: string, state: StateCreate): Promise<Told>;
}

/** What the server has made of it. */
export interface Told {
  /** The name of the state that stands now, or why there is none. */
  readonly how: string;
  /** The state that was proposed, as it was stored; null: another one stands. */
  readonly state: State | null;
}

/** What is proposed for a run whose process is ended because a deadline is over that it did not keep itself. */
export async function endOverdue({ message, task_run_id }: Overdue, propose: Propose): Promise<Told> {
  const timedOut = { type: 'FAILED', name: 'TimedOut', message } as const;
  // A task that is left tries has failed, and not its run: that goes on, in another process, with the next try.
  if (task_run_id && (await propose.ofTask(task_run_id, timedOut)).how === 'AwaitingRetry')
    return propose({ type: 'SCHEDULED', message: `${message} The task is tried again.` });
  return propose(timedOut);
}

/** A process that turns has kept the deadline itself by then. */
const RUN_GRACE_MS = 1000;

/**
 * Nothing of a run goes on after its own deadline. After a task's deadline the flow may be told, and go on: it is given the time in
 * which a cancelled run has to stop.
 */
export const endsAtMs = ({ at_ms, is_run }: { readonly at_ms: number; readonly is_run: boolean }, graceSeconds: number): number =>
  at_ms + (is_run ? RUN_GRACE_MS : Math.max(RUN_GRACE_MS, graceSeconds * 1000));
