import { Worker as Thread } from 'node:worker_threads';
import { monotonicMs } from '@sluice/client';
import type { StateCreate } from '@sluice/core/model/state';
import { endsAtMs, type Overdue } from '@sluice/core/process/end-overdue';
import { nodeFlags, programBeside } from '@sluice/core/process/programs';
import type { LeaseIdentity } from '../engine/beat-own-lease.ts';
import type { WatchDeadline } from '../engine/follow.ts';
import { abortOf, type FromLeaseThread } from '../engine/own-lease.ts';

/** What the thread needs to know. */
export interface Watched extends LeaseIdentity {
  /** Until when the process may go on before the server has answered once, of the monotonic clock. */
  readonly deadline_ms: number;
  readonly grace_seconds: number;
}

/** The process is ended then, unless this is taken back; and what is proposed for the run first. */
export type Limit = { readonly id: number; readonly at_ms: number } & ({ readonly overdue: Overdue } | { readonly state: StateCreate });
export type ToGuardThread = Limit | { readonly id: number; readonly at_ms: null } | { readonly is_leaving: boolean } | 'ended' | 'ask';

export type FromGuardThread = FromLeaseThread | 'held';

export interface OwnGuard {
  /** Whether the lease was this process's when the server was first asked. */
  readonly held: Promise<boolean>;
  /** The process is ended after so many seconds, in this state, unless what is returned is called before. */
  limit(seconds: number, state: StateCreate): () => void;
  readonly watchDeadline: WatchDeadline;
  /** The run has ended, and its lease with it: the process has the grace time for its hooks. */
  readonly onEnd: () => void;
  /** The server is asked at once what has become of the run. */
  readonly ask: () => void;
  /** The lease may be given back by the run itself, which has something to do still. */
  readonly onLeaving: (isLeaving: boolean) => void;
}

/**
 * Does, from a thread, what a worker would do for a process that has none beside it: it keeps the lease, learns that the run is being
 * cancelled, and ends the process when its lease or its time is over, also when the main thread is blocked.
 */
export function startOwnGuard(watched: Watched, stop: AbortController): OwnGuard {
  const program = programBeside('./own-guard-thread', import.meta.url);
  const thread = new Thread(program, { workerData: watched, execArgv: nodeFlags(program) });
  const held = Promise.withResolvers<boolean>();
  let isLeaving = false;
  thread.on('message', (heard: FromGuardThread) => {
    held.resolve(heard !== 'lost');
    // That a lease is over is no news to a run that may have given it back itself.
    if (heard === 'cancelling' || (heard === 'lost' && !isLeaving)) stop.abort(abortOf(heard));
  });
  let count = 0;
  const tell = (message: ToGuardThread) => thread.postMessage(message);
  const set = (at_ms: number, what: { readonly overdue: Overdue } | { readonly state: StateCreate }) => {
    const id = ++count;
    tell({ id, at_ms, ...what });
    return () => tell({ id, at_ms: null });
  };
  return {
    held: held.promise,
    limit: (seconds, state) => set(monotonicMs() + seconds * 1000, { state }),
    watchDeadline: ({ atMs, message, isRun, taskRunId }) =>
      set(endsAtMs({ at_ms: atMs, is_run: isRun }, watched.grace_seconds), { overdue: { message, task_run_id: taskRunId } }),
    onEnd: () => tell('ended'),
    ask: () => tell('ask'),
    onLeaving: (is_leaving) => {
      isLeaving = is_leaving;
      tell({ is_leaving });
    },
  };
}
