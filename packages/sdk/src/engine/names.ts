import { createHash } from 'node:crypto';
import { isPromise } from 'node:util/types';
import { safeText } from '@sluice/core/text/safe-text';
import { asText } from '../text/show.ts';
import { messageOfThrown } from '../text/thrown.ts';

/** Names on the wire have 1000 characters, keys 2000. */
const NAME_BYTES = 1000;

/** A name of the user's as it can be stored. */
export const safeName = (name: string): string => safeText(name, NAME_BYTES);

/** A name that must stay unique: one that had to be changed still differs from similar ones. */
export function keyName(name: string): string {
  const safe = safeText(name, NAME_BYTES);
  return safe === name ? name : `${safe} ${createHash('sha256').update(name, 'utf16le').digest('hex').slice(0, 16)}`;
}

/** A run's name by its option. A function that fails costs the run its name, not its work. */
export function runName<In>(option: string | ((input: In) => string) | undefined, input: In, warn: (message: string) => void): string | undefined {
  if (typeof option !== 'function') return option && safeName(option);
  try {
    const name: unknown = option(input);
    if (!isPromise(name)) return safeName(asText(name)) || undefined;
    name.catch(() => {}); // a run is named before it begins
    warn('runName returned a promise, which is not a name: the run gets its usual name.');
  } catch (error) {
    warn(`runName failed, so the run gets its usual name: ${messageOfThrown(error)}`);
  }
  return undefined;
}
