import { NonRetryable } from '@sluice/sdk';
import { LastingError } from '../sources/postgres/source-error.ts';

/** Works on a source. What another try would only meet again, a wrong password say, ends the run at once, with its reason and its hint. */
export async function withoutAnotherTry<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LastingError)) throw error;
    const last = new NonRetryable(error.message);
    last.cause = error;
    throw last;
  }
}
