import { SluiceError } from '@sluice/core/errors/sluice-error';
import { secondsBetween } from '@sluice/core/lib/time';

/** Prefect's limit: a longer history is asked for in pieces. */
const MAX_INTERVALS = 500;

/** The interval is told as `history_interval` or, by newer clients, `history_interval_seconds`. */
export function historySpan(body: {
  history_start: string;
  history_end: string;
  history_interval?: number | undefined;
  history_interval_seconds?: number | undefined;
}): { start: string; end: string; seconds: number } {
  const seconds = body.history_interval_seconds ?? body.history_interval;
  if (!seconds) throw new SluiceError('INVALID_REQUEST', 'history_interval_seconds is missing.', { hint: 'Say how many seconds one interval has.' });
  const span = secondsBetween(body.history_start, body.history_end);
  if (span < 0) throw new SluiceError('INVALID_REQUEST', 'history_end is before history_start.', { hint: 'Swap them.' });
  if (span / seconds > MAX_INTERVALS)
    throw new SluiceError('INVALID_REQUEST', `That is more than ${MAX_INTERVALS} intervals.`, { hint: 'Ask for fewer or longer ones.' });
  return { start: body.history_start, end: body.history_end, seconds };
}
