import type { WorkPool, WorkQueue } from '@sluice/core/model/work-pool';
import { type Column, column, painted } from './column.ts';
import type { Paint } from './paint.ts';

/** Where runs wait and run. */
type Place = WorkPool | WorkQueue;

const PAINT: Readonly<Record<Place['status'], Paint>> = { READY: 'green', NOT_READY: 'yellow', PAUSED: 'cyan' };

/** What a place is called, then what tells its kind apart, then how it is doing. */
const placeColumns = <P extends Place>(...own: readonly Column<P>[]): readonly Column<P>[] => [
  column('Name', ({ name }) => name),
  ...own,
  painted(
    'Status',
    ({ status }) => status,
    ({ status }) => PAINT[status],
  ),
  column('Slots', ({ active_slots, concurrency_limit }) => `${active_slots}/${concurrency_limit ?? '∞'}`),
  column('ID', ({ id }) => id),
];

export const POOL_COLUMNS = placeColumns<WorkPool>(column('Type', ({ type }) => type));

/** With what is too long for most eyes. */
export const FULL_POOL_COLUMNS: readonly Column<WorkPool>[] = [
  ...POOL_COLUMNS,
  column('Description', ({ description }) => description),
  column('Base job template', ({ base_job_template }) => JSON.stringify(base_job_template)),
];

export const QUEUE_COLUMNS = placeColumns<WorkQueue>(
  column('Work pool', ({ work_pool_name }) => work_pool_name),
  column('Priority', ({ priority }) => priority),
);

export const FULL_QUEUE_COLUMNS: readonly Column<WorkQueue>[] = [...QUEUE_COLUMNS, column('Description', ({ description }) => description)];
