import { vi } from 'vitest';
import { seconds } from './patience.ts';

/** Looks again until the check passes: for what no subscription tells. The time is for a busy machine, not part of what is tested. */
export const eventually = <T>(check: () => T | Promise<T>, within = 15): Promise<T> => vi.waitFor(check, { timeout: seconds(within), interval: 20 });
