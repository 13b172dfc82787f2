import type { TagConcurrencyLimit } from '@sluice/core/model/concurrency-limit';
import { type Column, column, instantColumn } from './column.ts';

export const TAG_LIMIT_COLUMNS: readonly Column<TagConcurrencyLimit>[] = [
  column('Tag', ({ tag }) => tag),
  column('Limit', ({ concurrency_limit }) => concurrency_limit),
  column('Active', ({ active_slots }) => active_slots.length),
  instantColumn('Created', ({ created }) => created),
  column('ID', ({ id }) => id),
];
