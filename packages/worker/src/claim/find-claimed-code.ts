import { once } from 'node:events';
import type { CodeFinder, FoundCode } from '../bundles/find-code.ts';
import { codeTrouble, TRIED_AGAIN } from '../code-trouble.ts';
import type { WantedCode } from '../job.ts';
import { pause } from '../pause.ts';
import type { TellLog } from '../tell-log.ts';

/** So often it is tried again: a registry, or the server, may be away for a moment. */
const AGAIN_MS = 1000;

interface Options {
  readonly codes: CodeFinder;
  readonly tellLog: TellLog;
  readonly startSeconds: number;
  readonly signal: AbortSignal;
}

/** The code of a run, or why it cannot be had, or that nobody waits for it any more. */
export async function findClaimedCode(
  wanted: WantedCode,
  { codes, tellLog, startSeconds, signal }: Options,
): Promise<FoundCode | { readonly why: string } | 'stopped'> {
  const startBy = performance.now() + startSeconds * 1000;
  const stopped = once(signal, 'abort').then(() => 'stopped' as const);
  for (let told = ''; !signal.aborted; await pause(AGAIN_MS, signal)) {
    try {
      return await Promise.race([codes.find(wanted), stopped]);
    } catch (error) {
      const { message: why, isLasting } = codeTrouble(error);
      if (isLasting || performance.now() > startBy) return { why };
      if (why !== told) await tellLog('error', TRIED_AGAIN(why, startSeconds));
      told = why;
    }
  }
  return 'stopped';
}
