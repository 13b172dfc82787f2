import type { RunSummary } from '@sluice/core/api/run-summary';
import { count } from '../../lib/format.ts';

/** How many runs there are: `1,204`, or `10,000+` where not all were counted. */
export const totalOf = (summary: RunSummary): string =>
  `${count(summary.reduce((sum, { count }) => sum + count, 0))}${summary.some(({ more }) => more) ? '+' : ''}`;
