import { NOT_LOADED } from '@sluice/core/process/sentences';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What is known of a process that ended before its run. */
export interface EndedProcess extends Exit {
  /** Its own last words. */
  readonly failure: string | undefined;
  readonly exitCall: string | undefined;
  readonly killed: { readonly why: string } | undefined;
  /** The last that it wrote to its standard error. */
  readonly complaints: string;
  readonly limits: { readonly memoryMb: number | undefined } | undefined;
  readonly ranOutOfMemory: boolean;
  readonly heapMb: number | undefined;
  readonly startSeconds: number;
}

export interface Reason {
  readonly message: string;
  /** Another claim would end the same way. */
  readonly isFinal: boolean;
}

/** How a shell says that a signal ended a program; Node says it too, of itself. */
const OF_SIGNAL: { readonly [code: number]: NodeJS.Signals } = { 132: 'SIGILL', 134: 'SIGABRT', 135: 'SIGBUS', 137: 'SIGKILL', 139: 'SIGSEGV' };

const FAULTS: readonly string[] = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE'];
const FULL_HEAP = /JavaScript heap out of memory|Reached heap limit/;

/** Why a process ended before its run had, in a sentence, and more where there is more to tell. */
export function howItEnded(ended: EndedProcess): Reason {
  const { code, killed, failure, exitCall, complaints, limits, heapMb, startSeconds } = ended;
  const signal = ended.signal ?? OF_SIGNAL[code ?? 0];
  if (killed?.why === 'start') return { message: NOT_LOADED(startSeconds), isFinal: true };
  if (killed?.why === 'silent') return crash('Its process closed the line to its worker, and was killed.');
  // Node aborts itself when its heap is full, and the heap is a share of the run's memory.
  const isFull = signal === 'SIGABRT' && FULL_HEAP.test(complaints);
  if (limits?.memoryMb && (isFull || ended.ranOutOfMemory))
    return { message: `Its process needed more than its ${limits.memoryMb} MB of memory.`, isFinal: true };
  if (isFull) return crash(`Its process needed more memory than its JavaScript heap${heapMb ? ` of ${heapMb} MB` : ''} has.`);
  if (failure) return crash(failure);
  if (signal === 'SIGABRT') return crash('Its process was ended by SIGABRT: by process.abort(), or by native code that met a fault.');
  if (signal && FAULTS.includes(signal)) return crash(`Its process was ended by ${signal}: a fault in native code.`);
  if (signal) return crash(`Its process was ended by ${signal}.`);
  const last = exitCall === undefined && complaints.trimEnd().split('\n').at(-1);
  return crash(`Its process exited with code ${code}${last ? `: ${last}` : '.'}`);
}

const crash = (message: string): Reason => ({ message, isFinal: false });
