import { SORTS } from '@sluice/core/api/filter-table';
import type { RouteParsed } from '@sluice/core/api/routes';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { secondsBetween } from '@sluice/core/lib/time';
import type { Sql } from '../../db/database.ts';
import { readWithDescendants } from '../../store/children.ts';
import { compileFilter } from '../../store/filters.ts';
import { readLogHistogram } from '../../store/log-histogram.ts';
import { insertLogs } from '../../store/logs.ts';
import { listRecords } from '../../store/records.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';
import { keysetPage } from '../keyset-page.ts';

/** The most flow runs whose lines one request asks for. */
const MOST_RUNS = 10_000;

/** The filter on lines, with the descendants of the flow runs that it names when they are asked for. */
async function ofFamily(sql: Sql, { logs, descendants }: Pick<RouteParsed<'POST /logs/page'>['body'], 'logs' | 'descendants'>): Promise<typeof logs> {
  const ids = logs?.flow_run_id?.any_;
  return descendants && ids ? { ...logs, flow_run_id: { ...logs.flow_run_id, any_: await readWithDescendants(sql, ids, MOST_RUNS) } } : logs;
}

type Keys = Exclude<Extract<keyof Handlers, `${string} /logs/${string}`>, 'GET /logs/out'>;

export const logHandlers = ({ database: { sql }, desk, newId }: Deps): Handlers<Keys> => ({
  'POST /logs/': async ({ body }) => {
    if (body.length === 0) return undefined;
    await insertLogs(
      sql,
      body.map((line) => ({ ...line, id: line.id ?? newId() })),
    );
    desk.publish({ events: true });
    return undefined;
  },
  'POST /logs/filter': async ({ body }) =>
    new Reply(await listRecords(sql, 'log_view', { ...body, where: compileFilter(sql, 'log', body.logs), order: SORTS.log[body.sort] })),
  'POST /logs/page': async ({ body: { limit, after, sort, ...asked } }) => {
    const logs = await ofFamily(sql, asked);
    return keysetPage(sql, 'log_view', {
      order: SORTS.log[sort],
      after,
      limit,
      own: logs,
      where: logs ? compileFilter(sql, 'log', logs) : undefined,
    });
  },
  'POST /logs/histogram': async ({ body: { start, end, intervals, ...asked } }) => {
    if (secondsBetween(start, end) < 0) throw new SluiceError('INVALID_REQUEST', 'end is before start.', { hint: 'Swap them.' });
    return new Reply(await readLogHistogram(sql, await ofFamily(sql, asked), { start, end, intervals }));
  },
});
