import { instant, oneOf, searchOf, text } from '../lib/search.ts';

const HOUR_MS = 3_600_000;

/** How far back the picture over the lines goes. */
export const LOG_SPANS = {
  hour: { label: '1 h', ms: HOUR_MS },
  day: { label: '24 h', ms: 24 * HOUR_MS },
  week: { label: '7 d', ms: 7 * 24 * HOUR_MS },
} as const;
export type LogSpan = keyof typeof LOG_SPANS;

/** What the page of all logs shows, as it stands in its address. */
export const logsSearch = searchOf({
  level: oneOf(['debug', 'info', 'warning', 'error']),
  find: text,
  line: text,
  span: oneOf(['hour', 'day', 'week']),
  since: instant,
  until: instant,
});
export type LogsSearch = ReturnType<typeof logsSearch>;
