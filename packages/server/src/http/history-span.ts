import { SluiceError } from '@sluice/core/errors/sluice-error';
import { SECOND, secondsBetween, toInstant, toMicros } from '@sluice/core/lib/time';

/** Prefect's limit. */
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
  // Longer ones are cut off, and one that ends before it starts is empty: Prefect 3.9.1.
  const span = Math.max(0, Math.min(secondsBetween(body.history_start, body.history_end), MAX_INTERVALS * seconds));
  const end = toInstant(toMicros(body.history_start) + Math.round(span * SECOND));
  return { start: body.history_start, end, seconds };
}
