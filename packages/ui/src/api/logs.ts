import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { parseTextQuery } from '@sluice/core/text/text-query';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { LOG_LEVELS, type LogLevel } from '../lib/log-levels.ts';
import { ask } from './client.ts';

export type Log = RouteOutput<'POST /logs/filter'>[number];
type PageBody = NonNullable<RouteInput<'POST /logs/page'>['body']>;
type ServerFilter = NonNullable<PageBody['logs']>;

/** Which lines a person wants to see. */
export interface LogFilter {
  /** Of these flow runs; of all when it is left out. */
  readonly runs?: readonly string[] | undefined;
  /** Of all flow runs that ran in these too. */
  readonly descendants?: boolean | undefined;
  readonly task?: string | undefined;
  readonly level?: LogLevel | undefined;
  /** Words to search for, as the server reads them: any of them, `+` what must be there, `-` what must not. */
  readonly text?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** The filter in the server's words. */
export function toServerFilter({ runs, task, level, text, since, until }: LogFilter): ServerFilter {
  return {
    ...(runs && { flow_run_id: { any_: [...runs] } }),
    ...(task && { task_run_id: { any_: [task] } }),
    ...(level && { level: { ge_: LOG_LEVELS[level] } }),
    ...(text?.trim() && { text: { query: text } }),
    ...((since || until) && { timestamp: { ...(since && { after_: since }), ...(until && { before_: until }) } }),
  };
}

/** Whether a line that has just been told of is one of them. */
export function isMeant({ runs, descendants, task, level, text, since, until }: LogFilter, line: Log): boolean {
  // Of a run with its descendants the stream tells of no others.
  if (runs && !descendants && !runs.includes(line.flow_run_id ?? '')) return false;
  if (task && line.task_run_id !== task) return false;
  if (level && line.level < LOG_LEVELS[level]) return false;
  if (text && !hasText(line, text)) return false;
  return (!since || line.timestamp >= since) && (!until || line.timestamp <= until);
}

function hasText({ message, name }: Log, query: string): boolean {
  const { any, all, none } = parseTextQuery(query);
  const [in1, in2] = [message.toLowerCase(), name.toLowerCase()];
  const has = (term: string) => in1.includes(term.toLowerCase()) || in2.includes(term.toLowerCase());
  return (any.length === 0 || any.some(has)) && all.every(has) && !none.some(has);
}

export const LOG_PAGE = 200;

/** Where a list of lines was left, and in which direction it goes on. */
export interface LogCursor {
  readonly filter: LogFilter;
  readonly sort: 'TIMESTAMP_ASC' | 'TIMESTAMP_DESC';
  readonly after: string | null;
}

export interface LogPage {
  /** In the cursor's order. */
  readonly lines: readonly Log[];
  /** Null at the end. */
  readonly next: LogCursor | null;
}

/** The lines that come next. A page of the server's may be empty though there are more: it has looked at as many as one request may. */
export async function readLogPage(cursor: LogCursor, signal?: AbortSignal, limit = LOG_PAGE): Promise<LogPage> {
  const { filter, sort } = cursor;
  for (let { after } = cursor; ; ) {
    const body = { logs: toServerFilter(filter), descendants: filter.descendants ?? false, sort, limit, after };
    const { records, next } = await ask('POST /logs/page', { body }, signal);
    if (records.length > 0 || next === null) return { lines: records, next: next === null ? null : { filter, sort, after: next } };
    after = next;
  }
}

export type LogHistogram = RouteOutput<'POST /logs/histogram'>;

/** Lines by level over a span of time, and so their number too. The newest are counted, as many as one request looks at. */
export const logHistogram = (filter: LogFilter, start: string, end: string, intervals = 1) => {
  const body = { logs: toServerFilter(filter), descendants: filter.descendants ?? false, start, end, intervals };
  return queryOptions<LogHistogram>({
    queryKey: ['POST /logs/histogram', { body }],
    queryFn: ({ signal }) => ask('POST /logs/histogram', { body }, signal),
    placeholderData: keepPreviousData as never,
  });
};
