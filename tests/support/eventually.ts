import { vi } from 'vitest';

/** Looks again until the check passes: for what no subscription tells. The time is for a busy machine, not part of what is tested. */
export const eventually = <T>(check: () => T | Promise<T>, seconds = 15): Promise<T> => vi.waitFor(check, { timeout: seconds * 1000, interval: 20 });
