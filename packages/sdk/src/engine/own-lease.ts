import { Worker as Thread } from 'node:worker_threads';
import { nodeFlags, programBeside } from '@sluice/core/process/programs';
import { LeaseLost, RunAborted } from '../errors.ts';
import type { LeaseIdentity } from './beat-own-lease.ts';

/** What the thread has heard of the run. */
export type FromLeaseThread = 'lost' | 'cancelling';

export interface KeptLease extends Disposable {
  /** The run may have given its lease back itself: that it is over is no news then. */
  readonly onLeaving: (isLeaving: boolean) => void;
}

/**
 * Keeps the lease of a flow run that no worker holds, from a thread: a flow that blocks its event loop is alive too. Without a
 * word from this process, when it is killed, the server ends the run.
 */
export function keepLease(identity: LeaseIdentity, stop: AbortController): KeptLease {
  const program = programBeside('./lease-thread', import.meta.url);
  // And nothing else: a program that was given by `node -e` must not run again in the thread.
  const thread = new Thread(program, { workerData: identity, execArgv: nodeFlags(program) });
  let isLeaving = false;
  const hear = (heard: FromLeaseThread) => {
    if (heard === 'cancelling' || !isLeaving) stop.abort(abortOf(heard));
  };
  thread.unref();
  thread.on('message', hear);
  thread.on('error', () => {}); // without its thread the run goes on until its lease ends
  return {
    onLeaving: (now) => {
      isLeaving = now;
    },
    [Symbol.dispose]: () => {
      // What it has said by now may be heard later, when the next try has a lease of its own.
      thread.off('message', hear);
      void thread.terminate();
    },
  };
}

export const abortOf = (heard: FromLeaseThread): RunAborted =>
  heard === 'lost'
    ? new LeaseLost('The server has given up this run: its process was silent for too long.')
    : new RunAborted('Cancelled', 'The run was cancelled.');
