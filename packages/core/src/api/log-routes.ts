import { z } from 'zod';
import { instant, positive } from '../model/common.ts';
import { Log, LogCreate } from '../model/log.ts';
import { LogHistogram } from '../model/log-histogram.ts';
import { logFilter, MAX_PAGE, page, sort } from './filter-schema.ts';
import { after, pageOf } from './keyset.ts';
import { MAX_LINES } from './max-lines.ts';
import { defineRoute } from './route.ts';

const tag = 'logs';

/** Lines of the flow runs of the filter's `flow_run_id.any_`, and of all that ran in them. */
const descendants = z.boolean().default(false);

export const logRoutes = {
  'POST /logs/': defineRoute({
    summary: 'Store log lines',
    tag,
    body: z.array(LogCreate).max(10_000),
    // Prefect's clients send batches of up to 4 MB.
    bodyLimit: 8 * 1024 * 1024,
    mends: true,
    ok: z.undefined(),
    status: 201,
  }),
  'POST /logs/filter': defineRoute({
    summary: 'List log lines',
    tag,
    body: z.strictObject({ ...logFilter, ...page, sort: sort('log', 'TIMESTAMP_ASC') }).prefault({}),
    ok: z.array(Log),
  }),
  'POST /logs/page': defineRoute({
    summary: 'List log lines page after page, each from where the one before ended',
    tag,
    body: z
      .strictObject({ ...logFilter, limit: positive.max(MAX_LINES).default(MAX_PAGE), after, sort: sort('log', 'TIMESTAMP_ASC'), descendants })
      .prefault({}),
    ok: pageOf(Log),
    ours: true,
  }),
  'GET /logs/out': defineRoute({
    summary: 'Log lines as they come, by a filter',
    tag,
    ok: z.undefined(),
    reply: 'socket',
  }),
  'POST /logs/histogram': defineRoute({
    summary: 'Count log lines by level over a span of time',
    tag,
    body: z.strictObject({ ...logFilter, descendants, start: instant, end: instant, intervals: positive.max(500).default(60) }),
    ok: LogHistogram,
    ours: true,
  }),
};
