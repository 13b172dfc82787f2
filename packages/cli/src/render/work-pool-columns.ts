import type { WorkPool } from '@sluice/core/model/work-pool';
import { type Column, column, painted } from './column.ts';
import type { Paint } from './paint.ts';

export const PLACE_PAINT: Readonly<Record<WorkPool['status'], Paint>> = { READY: 'green', NOT_READY: 'yellow', PAUSED: 'cyan' };

export const POOL_COLUMNS: readonly Column<WorkPool>[] = [
  column('Name', ({ name }) => name),
  column('Type', ({ type }) => type),
  painted(
    'Status',
    ({ status }) => status,
    ({ status }) => PLACE_PAINT[status],
  ),
  column('Slots', ({ active_slots, concurrency_limit }) => `${active_slots}/${concurrency_limit ?? '∞'}`),
  column('ID', ({ id }) => id),
];
