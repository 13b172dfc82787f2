import { SluiceError } from '@sluice/core/errors/sluice-error';
import { secondsBetween } from '@sluice/core/lib/time';

/** Prefect's limit: a longer history is asked for in pieces. */
const MAX_INTERVALS = 500;

interface Span {
  readonly history_start: string;
  readonly history_end: string;
  readonly history_interval?: number | undefined;
  readonly history_interval_seconds?: number | undefined;
}

/** The filters beside the span. */
export const historyFilters = ({
  history_start,
  history_end,
  history_interval,
  history_interval_seconds,
  ...filters
}: Span & { readonly [key: string]: unknown }) => filters;

/** The interval is told as `history_interval` or, by newer clients, `history_interval_seconds`. */
export function historySpan(body: Span): { start: string; end: string; seconds: number } {
  const seconds = body.history_interval_seconds ?? body.history_interval;
  if (!seconds) throw new SluiceError('INVALID_REQUEST', 'history_interval_seconds is missing.', { hint: 'Say how many seconds one interval has.' });
  const span = secondsBetween(body.history_start, body.history_end);
  if (span < 0) throw new SluiceError('INVALID_REQUEST', 'history_end is before history_start.', { hint: 'Swap them.' });
  if (span / seconds > MAX_INTERVALS)
    throw new SluiceError('INVALID_REQUEST', `That is more than ${MAX_INTERVALS} intervals.`, { hint: 'Ask for fewer or longer ones.' });
  return { start: body.history_start, end: body.history_end, seconds };
}
