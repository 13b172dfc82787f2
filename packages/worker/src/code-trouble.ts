import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';

/** Why the code of a run is not here, for its state. `isLasting`: to try again would be of no use. */
export function codeTrouble(error: unknown): { readonly message: string; readonly isLasting: boolean } {
  const hint = isSluiceError(error) ? error.hint : undefined;
  const isLasting = isSluiceError(error) && error.code === 'NOT_FOUND';
  return { message: `Its code cannot be had: ${[messageOf(error), hint].filter(Boolean).join(' ')}`, isLasting };
}

export const TRIED_AGAIN = (message: string, seconds: number): string => `${message}\nIt is tried again until ${seconds} s have passed.`;
