import { SluiceError } from '@sluice/core/errors/sluice-error';
import { flag } from '../program/options.ts';

export const clearLimit = flag('--clear-concurrency-limit', 'Let as many be active as there are slots elsewhere');

/** What becomes of a limit: null for none, undefined where nothing was said of it. */
export function limitChange(limit: number | undefined, clear: boolean): number | null | undefined {
  if (clear && limit !== undefined) throw new SluiceError('USAGE', 'A limit is set or cleared, not both.', { hint: 'Leave one of the two out.' });
  return clear ? null : limit;
}
