import type { Source } from '@sluice/core/model/source';
import { type Column, column, instantColumn } from './column.ts';

export const SOURCE_COLUMNS: readonly Column<Source>[] = [
  column('Name', ({ name }) => name),
  column('Kind', ({ kind }) => kind),
  column('Host', ({ host }) => host),
  column('Database', ({ database }) => database),
  instantColumn('Set', ({ set }) => set),
  column('By', ({ set_by }) => set_by),
  column('Key', ({ is_readable }) => (is_readable ? 'ok' : 'another: set it again')),
];
