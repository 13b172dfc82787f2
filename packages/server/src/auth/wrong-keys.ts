import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';

/** What is known of an address that has presented wrong keys. */
interface Burst {
  /** Wrong keys so far; the same one again, as of a worker that was given an old key, counts a tenth. */
  wrong: number;
  last: string;
  at: number;
  held: number;
}

export interface WrongKeys {
  /** Notes a wrong key; the seconds after which the client may try again, 0 while nothing is amiss. Held back the longer the more there were. */
  note(address: string, key: string): Promise<number>;
}

const FREE = 20;
const REPEATED = 0.1;
const QUIET_MS = 5 * 60_000;
const MAX_RETRY_SECONDS = 60;
const MAX_HOLD_MS = 1000;
/** Answers held back at once for an address, a quarter of the requests it may have under way: honest clients beside it find room. */
const MAX_HELD = 500;
const ADDRESSES = 10_000;

/**
 * Slows whoever guesses keys. Right keys are never slowed, whatever comes from the same address: what keeps them from being
 * guessed is their length, and this keeps the noise and the work small.
 */
export function createWrongKeys({ logger, clock }: { logger: Logger; clock: () => number }): WrongKeys {
  const bursts = new Map<string, Burst>();

  function burstOf(address: string): Burst {
    const known = bursts.get(address);
    const now = clock();
    if (known && now - known.at < QUIET_MS) return known;
    logger.warn({ address }, 'a wrong key was presented; more from this address are not logged until it has been quiet for 5 minutes');
    const burst = { wrong: 0, last: '', at: now, held: 0 };
    bursts.delete(address); // the newest stand last
    bursts.set(address, burst);
    if (bursts.size > ADDRESSES) bursts.delete(bursts.keys().next().value as string);
    return burst;
  }

  return {
    note: async (address, key) => {
      const burst = burstOf(address);
      const digest = createHash('sha256').update(key).digest('base64');
      burst.wrong += digest === burst.last ? REPEATED : 1;
      burst.last = digest;
      burst.at = clock();
      const beyond = burst.wrong - FREE;
      if (beyond <= 0) return 0;
      if (burst.held < MAX_HELD) {
        burst.held++;
        await pause(Math.min(MAX_HOLD_MS, beyond * 50), undefined, { ref: false });
        burst.held--;
      }
      return Math.min(MAX_RETRY_SECONDS, Math.ceil(beyond));
    },
  };
}
