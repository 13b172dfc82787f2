import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { LONGEST_TIMER_MS } from '@sluice/core/lib/duration';
import { programBeside } from '@sluice/core/process/programs';
import type { SchemaAnswer, SchemaQuestion } from './schema-thread.ts';

/** Answers questions about schemas that clients wrote. */
export interface SchemaChecker {
  /** Rejects with a sentence when the answer would take more time or memory than it may. */
  ask(question: SchemaQuestion): Promise<SchemaAnswer>;
  close(): Promise<void>;
}

/** A thousand times what a check takes; a machine may be busy. */
const DEADLINE_MS = 5000;
const LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

interface Thread {
  readonly worker: Worker;
  /** Nobody else's work can have filled its memory. */
  readonly fresh: boolean;
}

/** Why a question got no answer. */
export class NotChecked extends Error {}

/**
 * What a client writes never runs on the loop that keeps leases alive: schemas are compiled and run in a thread, one question at
 * a time. A thread that does not answer in time or takes too much memory is ended, and the next question has a new one.
 */
export function createSchemaChecker({ deadlineMs = DEADLINE_MS }: { deadlineMs?: number } = {}): SchemaChecker {
  let thread: Thread | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function start(): Promise<Thread> {
    const worker = new Worker(programBeside('./schema-thread', import.meta.url), { resourceLimits: LIMITS, env: {}, execArgv: [] });
    worker.unref();
    await once(worker, 'message');
    return { worker, fresh: true };
  }

  /** The answer, or why there is none; then the thread is gone. */
  async function attempt({ worker }: Thread, question: SchemaQuestion): Promise<SchemaAnswer | NotChecked> {
    const { promise, resolve } = Promise.withResolvers<SchemaAnswer | NotChecked>();
    const failed = (error: unknown) => resolve(new NotChecked('it takes too much memory', { cause: error }));
    const deadline = setTimeout(() => resolve(new NotChecked(`it takes longer than ${deadlineMs / 1000} s`)), Math.min(deadlineMs, LONGEST_TIMER_MS));
    worker.once('message', resolve);
    worker.once('error', failed);
    worker.once('exit', failed);
    worker.postMessage(question);
    const answer = await promise;
    clearTimeout(deadline);
    worker.off('message', resolve);
    worker.off('error', failed);
    worker.off('exit', failed);
    if (!(answer instanceof NotChecked)) return answer;
    thread = undefined;
    worker.on('error', () => {});
    await worker.terminate();
    return answer;
  }

  async function check(question: SchemaQuestion): Promise<SchemaAnswer> {
    const used = thread ?? (await start());
    thread = { ...used, fresh: false };
    const answer = await attempt(used, question);
    if (!(answer instanceof NotChecked)) return answer;
    if (used.fresh || answer.cause === undefined) throw answer;
    return check(question); // the memory may have been taken by those before it
  }

  return {
    ask: (question) => {
      const answer = turn.then(() => check(question));
      turn = answer.catch(() => {});
      return answer;
    },
    close: async () => {
      await turn;
      await thread?.worker.terminate();
    },
  };
}
