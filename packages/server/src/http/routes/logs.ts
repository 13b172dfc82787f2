import { SORTS } from '@sluice/core/api/filter-table';
import { compileFilter } from '../../store/filters.ts';
import { insertLogs } from '../../store/logs.ts';
import { listRecords } from '../../store/records.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';
import { keysetPage } from '../keyset-page.ts';

type Keys = Extract<keyof Handlers, `${string} /logs/${string}`>;

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
  'POST /logs/page': async ({ body: { logs, limit, after, sort } }) =>
    keysetPage(sql, 'log_view', { order: SORTS.log[sort], after, limit, own: logs, where: logs ? compileFilter(sql, 'log', logs) : undefined }),
});
