import type { GlobalConcurrencyLimit } from '@sluice/core/model/concurrency-limit';
import { type Column, column, instantColumn } from './column.ts';

export const GLOBAL_LIMIT_COLUMNS: readonly Column<GlobalConcurrencyLimit>[] = [
  column('Name', ({ name }) => name),
  column('Limit', ({ limit }) => limit),
  column('Active slots', ({ active_slots }) => active_slots),
  column('Slot decay per second', ({ slot_decay_per_second }) => slot_decay_per_second),
  column('Enabled', ({ active }) => active),
  instantColumn('Created', ({ created }) => created),
  column('ID', ({ id }) => id),
];
