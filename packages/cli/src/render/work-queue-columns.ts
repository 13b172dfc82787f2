import type { WorkQueue } from '@sluice/core/model/work-pool';
import { type Column, column, painted } from './column.ts';
import { PLACE_PAINT } from './work-pool-columns.ts';

export const QUEUE_COLUMNS: readonly Column<WorkQueue>[] = [
  column('Name', ({ name }) => name),
  column('Work pool', ({ work_pool_name }) => work_pool_name),
  column('Priority', ({ priority }) => priority),
  painted(
    'Status',
    ({ status }) => status,
    ({ status }) => PLACE_PAINT[status],
  ),
  column('Slots', ({ active_slots, concurrency_limit }) => `${active_slots}/${concurrency_limit ?? '∞'}`),
  column('ID', ({ id }) => id),
];
