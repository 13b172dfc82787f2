import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';

interface Wanted {
  /** `work pool`. */
  readonly noun: string;
  readonly name: string;
  /** The command that lists them. */
  readonly listed: string;
  /** What to do besides looking at the list. */
  readonly hint?: string;
}

/** There is no record of this name: an error that names the nearest ones there are. */
export function notFound({ noun, name, listed, hint }: Wanted, names: readonly string[]): SluiceError {
  const near = nearest(name, names).map((each) => `"${each}"`);
  const meant = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
  return new SluiceError('NOT_FOUND', `There is no ${noun} "${name}".`, { hint: `${meant}${listed} lists them.${hint ? ` ${hint}` : ''}` });
}

/** A record, or when the server does not have it, an error that gives the nearest names. */
export async function orNearest<T>(record: Promise<T>, wanted: Wanted, names: () => Promise<readonly string[]>): Promise<T> {
  try {
    return await record;
  } catch (error) {
    if (!isSluiceError(error) || error.code !== 'NOT_FOUND') throw error;
    throw notFound(wanted, await names());
  }
}
