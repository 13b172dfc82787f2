import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Asking } from './ask.ts';

const LONGEST_PAUSE_MS = 30_000;

/** Tries what may pass again, so often in a row; one that comes on in between begins to count anew. */
export async function persist<T>({ limits, signal }: Asking, attempt: () => Promise<T>, hasComeOn: () => boolean = () => false): Promise<T> {
  for (let failed = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      failed = hasComeOn() ? 1 : failed + 1;
      if (!mayPass(error) || failed >= limits.tries) throw error;
      await sleep(Math.min(limits.pauseMs * 2 ** failed, LONGEST_PAUSE_MS), undefined, { signal });
    }
  }
}

/** A server that cannot be reached now, and not one that refuses. */
const mayPass = (error: unknown): boolean => error instanceof SluiceError && !error.kind.lasting && error.code === 'SOURCE_UNREACHABLE';
