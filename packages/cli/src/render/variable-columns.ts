import type { Variable } from '@sluice/core/model/variable';
import { type Column, column, instantColumn } from './column.ts';

/** A text as it is, other values as JSON. */
export const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export const VARIABLE_COLUMNS: readonly Column<Variable>[] = [
  column('Name', ({ name }) => name),
  column('Value', ({ value }) => valueText(value)),
  column('Tags', ({ tags }) => tags.join(', ')),
  instantColumn('Updated', ({ updated }) => updated),
];
