import { EXIT_CODES } from '@sluice/core/process/exit-codes';
import type { Left } from '../infrastructure.ts';

/** What the engine knows of a container that has ended. */
export interface EndedState {
  readonly ExitCode: number;
  readonly OOMKilled?: boolean;
  readonly Error?: string;
}

type Told = Extract<Left, { type: 'finished' }>;

const FINISHED: { readonly [code: number]: string } = {
  [EXIT_CODES.COMPLETED]: 'COMPLETED',
  [EXIT_CODES.FAILED]: 'FAILED',
  [EXIT_CODES.CANCELLED]: 'CANCELLED',
  [EXIT_CODES.SCHEDULED]: 'SCHEDULED',
  [EXIT_CODES.LOST]: 'lost',
  [EXIT_CODES.CRASHED]: 'CRASHED',
};

const SIGNALS: { readonly [code: number]: string } = {
  129: 'SIGHUP',
  130: 'SIGINT',
  132: 'SIGILL',
  134: 'SIGABRT',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

/** How a run left its container, by how that ended. With a code of ours the server knows all there is to know. */
export function readEnd(
  { ExitCode, OOMKilled, Error: said }: EndedState,
  memoryMb: number | undefined,
): Told | { readonly message: string; readonly isFinal: boolean } {
  const state_type = FINISHED[ExitCode];
  if (state_type !== undefined) return { type: 'finished', state_type };
  if (OOMKilled)
    return { message: `Its container needed more than its ${memoryMb === undefined ? 'share' : `${memoryMb} MB`} of memory.`, isFinal: true };
  if (ExitCode === EXIT_CODES.NO_CLAIM)
    return {
      message: 'Its container did not understand its claim: the Sluice in its image is of another version than its worker. Make the image anew.',
      isFinal: true,
    };
  const signal = SIGNALS[ExitCode];
  const more = said ? ` ${said}` : '';
  if (signal) return { message: `Its container was ended by ${signal}.${more}`, isFinal: false };
  return { message: `Its container exited with code ${ExitCode}.${more}`, isFinal: false };
}
