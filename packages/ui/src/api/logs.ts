import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { LOG_LEVELS, type LogLevel } from '../lib/log-levels.ts';
import { ask } from './client.ts';

export type Log = RouteOutput<'POST /logs/filter'>[number];
type PageBody = NonNullable<RouteInput<'POST /logs/page'>['body']>;
type ServerFilter = NonNullable<PageBody['logs']>;

/** Which lines a person wants to see. */
export interface LogFilter {
  /** Of these flow runs; of all when it is left out. */
  readonly runs?: readonly string[] | undefined;
  readonly task?: string | undefined;
  readonly level?: LogLevel | undefined;
  readonly text?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** The filter in the server's words. */
export function toServerFilter({ runs, task, level, since, until }: LogFilter): ServerFilter {
  return {
    ...(runs && { flow_run_id: { any_: [...runs] } }),
    ...(task && { task_run_id: { any_: [task] } }),
    ...(level && { level: { ge_: LOG_LEVELS[level] } }),
    ...((since || until) && { timestamp: { ...(since && { after_: since }), ...(until && { before_: until }) } }),
  };
}

/** Whether a line that has just been told of is one of them. */
export function isMeant({ runs, task, level, text, since, until }: LogFilter, line: Log): boolean {
  if (runs && !runs.includes(line.flow_run_id ?? '')) return false;
  if (task && line.task_run_id !== task) return false;
  if (level && line.level < LOG_LEVELS[level]) return false;
  if (text && !line.message.toLowerCase().includes(text.toLowerCase())) return false;
  return (!since || line.timestamp >= since) && (!until || line.timestamp <= until);
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
    const body = { logs: toServerFilter(filter), sort, limit, after };
    const { records, next } = await ask('POST /logs/page', { body }, signal);
    if (records.length > 0 || next === null) return { lines: records, next: next === null ? null : { filter, sort, after: next } };
    after = next;
  }
}
