import { logFilter } from '@sluice/core/api/filter-schema';
import { SORTS } from '@sluice/core/api/filter-table';
import { SECOND, toInstant, toMicros } from '@sluice/core/lib/time';
import type { Log } from '@sluice/core/model/log';
import { parseTextQuery } from '@sluice/core/text/text-query';
import { z } from 'zod';
import type { Sql } from '../../db/database.ts';
import { compileFilter } from '../../store/filters.ts';
import { listRecords, textOf } from '../../store/records.ts';
import type { Deps, Handlers } from '../handlers.ts';
import { CLOSE } from '../sockets/json-socket.ts';

const Filter = z.strictObject({ filter: logFilter.logs });
type Filter = NonNullable<z.output<typeof Filter>['filter']>;

/** Whoever has connected may write at once: lines since then are told, though its filter comes after them. */
const HANDSHAKE = 2 * SECOND;
const MOST = 200;

export const logOutHandlers = ({ database: { sql }, events }: Deps): Handlers<'GET /logs/out'> => ({
  'GET /logs/out': async ({ socket }) => {
    const since = toInstant(Date.now() * 1000 - HANDSHAKE);
    const message = await socket.receiveJson();
    if (message?.['type'] !== 'filter') return socket.close(CLOSE.protocol, "Expected 'filter' message");
    const parsed = Filter.safeParse({ filter: message['filter'] });
    if (!parsed.success) return socket.close(CLOSE.protocol, `Invalid filter: ${parsed.error.issues[0]?.message}`);
    const filter = parsed.data.filter ?? {};
    const runs = filter.flow_run_id?.any_;
    const flowRunId = runs?.length === 1 && filter.operator !== 'or_' ? runs[0] : undefined;
    const batches = events.follow({ topics: ['log'], flowRunId, after: undefined }, socket.signal);
    socket.signal.addEventListener('abort', () => void batches.return());
    // All that is committed from here on is told by the batches.
    await batches.next();
    const told = new Set<string>();
    for (const line of await readSince(sql, runs, since)) {
      told.add(line.id);
      if (includesLog(filter, line) && !(await socket.send(JSON.stringify({ type: 'log', log: line })))) return;
    }
    for await (const batch of batches) {
      for (const { id, data } of batch.events) {
        if (told.delete(id) || !includesLog(filter, JSON.parse(data) as Log)) continue;
        if (!(await socket.send(`{"type":"log","log":${data}}`))) return;
      }
    }
  },
});

/** Of runs that are named: lines of all runs are many, and nobody waits for a certain one of them. */
async function readSince(sql: Sql, runs: readonly string[] | null | undefined, after_: string): Promise<Log[]> {
  if (!runs?.length) return [];
  const where = compileFilter(sql, 'log', { flow_run_id: { any_: [...runs] }, timestamp: { after_ } });
  const json = await listRecords(sql, 'log_view', { where, order: SORTS.log.TIMESTAMP_ASC, limit: MOST, offset: 0 });
  return JSON.parse(await textOf(json)) as Log[];
}

const oneOf = (value: string | null, list: readonly string[] | null | undefined) => list == null || (value !== null && list.includes(value));

/** Whether a line passes a filter, as the database would say. */
function includesLog(filter: Filter, line: Log): boolean {
  const { level, timestamp, flow_run_id, task_run_id, text } = filter;
  const holds = [
    level && (level.ge_ == null || line.level >= level.ge_) && (level.le_ == null || line.level <= level.le_),
    timestamp &&
      (timestamp.before_ == null || toMicros(line.timestamp) <= toMicros(timestamp.before_)) &&
      (timestamp.after_ == null || toMicros(line.timestamp) >= toMicros(timestamp.after_)),
    flow_run_id && oneOf(line.flow_run_id, flow_run_id.any_),
    task_run_id &&
      oneOf(line.task_run_id, task_run_id.any_) &&
      (task_run_id.is_null_ == null || task_run_id.is_null_ === (line.task_run_id === null)),
    text?.query == null ? null : includesText(line, text.query),
  ].filter((held) => held != null);
  return filter.operator === 'or_' ? holds.length === 0 || holds.some(Boolean) : holds.every(Boolean);
}

function includesText({ name, message }: Log, query: string): boolean {
  const { any, all, none } = parseTextQuery(query);
  const text = `${name} ${message}`.toLowerCase();
  const has = (word: string) => text.includes(word.toLowerCase());
  return (any.length === 0 || any.some(has)) && all.every(has) && !none.some(has);
}
