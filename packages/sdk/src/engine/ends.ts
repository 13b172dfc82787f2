import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { StateCreate } from '@sluice/core/model/state';
import { safeText } from '@sluice/core/text/safe-text';
import { NonRetryable } from '../errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { isA } from '../text/show.ts';
import { firstThrown, isForeseen, messageOfThrown, serializeError } from '../text/thrown.ts';

/** A FAILED state that says what was thrown. */
export const failed = (error: unknown, parts: { readonly name?: string | null; readonly retriable: boolean }): StateCreate => ({
  type: 'FAILED',
  name: parts.name ?? null,
  message: messageOfThrown(error),
  data: { ...serializeError(error) },
  state_details: { retriable: parts.retriable },
});

/** Whether the server will never store this: proposing it again would be refused again. */
export const isRefusal = (error: unknown): boolean =>
  isForeseen(error) && (error.code === 'INTERNAL' || (error.kind.lasting && error.code !== 'UNAUTHORIZED'));

/** The work is done, and would end at the same refusal again. */
export const notStored = (what: string, refusal: unknown): SluiceError =>
  new SluiceError('RESULT_REFUSED', `The server did not store the result of ${what}: ${messageOf(refusal)}`, {
    cause: refusal,
    hint: 'Return less, or where the data is.',
  });

/** What stands in the place of an end that the server has refused: short, and final. */
export const refusedEnd = (refusal: unknown): StateCreate => ({
  type: 'FAILED',
  message: `The server did not store how this ended: ${safeText(messageOfThrown(refusal), 1000)}`,
  state_details: { retriable: false },
});

/** Whether another try can help. `retryIf` decides when nothing else has decided; one that throws ends the retries, and is reported. */
export async function canHelp({ retryIf }: Pick<TaskOptions<never>, 'retryIf'>, error: unknown, warn: (message: string) => void): Promise<boolean> {
  const first = firstThrown(error);
  if (isA(first, NonRetryable) || (isForeseen(first) && first.kind.lasting)) return false;
  if (!retryIf) return true;
  try {
    return Boolean(await retryIf(error));
  } catch (thrown) {
    warn(`retryIf failed, so nothing is tried again: ${messageOfThrown(thrown)}`);
    return false;
  }
}
