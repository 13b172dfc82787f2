import type { ColumnPlan } from '../model.ts';

/** DuckDB's type for the values of a column. The neutral types are spelled as DuckDB spells its own, so there is nothing to do. */
export const duckdbType = ({ neutral_type }: Pick<ColumnPlan, 'neutral_type'>): string => neutral_type;
