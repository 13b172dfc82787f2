import { SORTS } from '@sluice/core/api/filter-table';
import { sortKey } from '@sluice/core/api/keyset';
import type { poolOverviewRoutes } from '@sluice/core/api/pool-overview-routes';
import type { RouteOutput } from '@sluice/core/api/routes';
import { SECOND, toInstant } from '@sluice/core/lib/time';
import { compileFilters } from '../../store/filters.ts';
import { findPage } from '../../store/keyset.ts';
import { listLimitUse } from '../../store/limit-use.ts';
import { readFlowNames } from '../../store/overview.ts';
import { listQueuesWithWaiting, readFlowNamesOfPool } from '../../store/pool-overview.ts';
import { readPoolWaits } from '../../store/pool-waits.ts';
import { readQueueDepth } from '../../store/queue-depth.ts';
import { listRecords, readRecord, readRecords, textOf } from '../../store/records.ts';
import { expectPool, noPool } from '../expect-pool.ts';
import type { Deps, Handlers } from '../handlers.ts';

type Overview = RouteOutput<'GET /work_pools/{name}/overview'>;

const NEWEST = 15;
const MOST_WORKERS = 200;

/** How long, and in intervals of how many seconds. */
const SPANS = { hour: { seconds: 3600, step: 60 }, day: { seconds: 86_400, step: 900 } } as const;

export const poolOverviewHandlers = ({ database: { sql }, version }: Deps): Handlers<keyof typeof poolOverviewRoutes> => ({
  'GET /work_pools/{name}/overview': async ({ params: { name } }) => {
    const id = await expectPool(sql, name);
    const newest = async () => {
      const where = compileFilters(sql, 'flow_run', { work_pools: { id: { any_: [id] } } });
      const { ids } = await findPage(sql, { view: 'flow_run_view', key: sortKey(SORTS.flow_run.ID_DESC), where, limit: NEWEST });
      return JSON.parse(await textOf(await readRecords(sql, 'flow_run_view', ids))) as Overview['runs'];
    };
    const [pool, use, queues, workers, names, runs] = await Promise.all([
      readRecord(sql, 'work_pool_view', { id }),
      listLimitUse(sql, { kind: 'work_pool', id }),
      listQueuesWithWaiting(sql, id),
      listRecords(sql, 'worker_view', { of: { work_pool_id: id }, order: 'last_heartbeat_time desc', limit: MOST_WORKERS, offset: 0 }),
      readFlowNamesOfPool(sql, id),
      newest(),
    ]);
    if (!pool) throw noPool(name);
    const others = await readFlowNames(sql, [...new Set(runs.map(({ flow_id }) => flow_id).filter((flow) => !names[flow]))]);
    return {
      work_pool: JSON.parse(pool) as Overview['work_pool'],
      use: (JSON.parse(use) as [Overview['use']])[0],
      queues: JSON.parse(queues) as Overview['queues'],
      workers: JSON.parse(await textOf(workers)) as Overview['workers'],
      server_version: version,
      runs,
      flow_names: { ...names, ...others },
    };
  },
  'GET /work_pools/{name}/waits': async ({ params: { name }, query: { over } }) => {
    const id = await expectPool(sql, name);
    const { seconds, step } = SPANS[over];
    // From a full interval on: what is past stays as it was drawn.
    const end = (Math.floor(Date.now() / 1000 / step) + 1) * step;
    return readPoolWaits(sql, id, { start: toInstant((end - seconds) * SECOND), end: toInstant(end * SECOND), seconds: step });
  },
  'GET /work_pools/{name}/queue_depth': async ({ params: { name } }) => {
    const depth = await readQueueDepth(sql, name);
    if (!depth) throw noPool(name);
    return depth;
  },
});
