import { SluiceError } from '@sluice/core/errors/sluice-error';

/** Those who wait are woken; this tells the others when to ask again, in seconds. */
const RETRY_AFTER = 1;

export const locked = (names: readonly string[]): SluiceError =>
  new SluiceError('LOCKED', `There are not enough free slots of ${names.map((name) => `"${name}"`).join(', ')}.`, {
    hint: 'Try again after the time in Retry-After, or send Prefer: wait=30.',
    details: { retry_after: RETRY_AFTER },
  });
