import type { RouteOutput } from '@sluice/core/api/routes';
import type { Told } from '@sluice/core/events/topics';
import { question } from './query.ts';

export type TableLoad = RouteOutput<'POST /table_loads/filter'>[number];
export type WholeTableLoad = RouteOutput<'GET /table_loads/{id}'>;
export type QuarantineRow = NonNullable<WholeTableLoad['details']>['quarantine'][number];

/** So many are asked for at once. */
export const MOST = 200;

/** A load is told of before its run has ended. */
const isEnd = (told: Told): boolean => told.topic === 'flow_run' && !('deleted' in told.data) && told.data.state.type === 'COMPLETED';

export const tableLoads = {
  /** The newest load of each table with this part of a name. */
  newest: (table_like: string | undefined) =>
    question(['flow_run'], 'POST /table_loads/filter', { body: { newest: true, limit: MOST, ...(table_like && { table_like }) } }, isEnd),
  /** Loads of one table, newest first; of all warehouses where none is named. */
  ofTable: (table: string, warehouse: string | undefined) =>
    question(['flow_run'], 'POST /table_loads/filter', { body: { table, limit: MOST, ...(warehouse !== undefined && { warehouse }) } }, isEnd),
  one: (id: string) => question(['flow_run'], 'GET /table_loads/{id}', { params: { id } }, isEnd),
};
