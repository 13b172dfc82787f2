import { readParquet } from '../../duckdb/readers.ts';
import type { Extract } from '../../model.ts';
import { identifier } from '../../types/sql.ts';
import { qualify } from '../qualify.ts';
import type { Lake } from './lake.ts';
import { lakeType, written } from './types.ts';

/** Puts the rows of the parts in the place of the table, with the planned columns in their order. The files are this load's own. */
export async function writeTable(lake: Lake, { plan, parts }: Extract): Promise<void> {
  const table = qualify(plan.target);
  if (parts.length === 0) {
    const columns = plan.columns.map((column) => `${identifier(column.name)} ${lakeType(column)}`);
    return await lake.run(`create or replace table ${table} (${columns.join(', ')})`);
  }
  await lake.run(`create or replace table ${table} as select ${plan.columns.map(written).join(', ')} from ${rowsOf({ parts })}`);
}

/** Adds the rows of the parts to a table that is there. */
export async function appendRows(lake: Lake, { plan, parts }: Extract): Promise<void> {
  if (parts.length === 0) return;
  await lake.run(`insert into ${qualify(plan.target)} by name select ${plan.columns.map(written).join(', ')} from ${rowsOf({ parts })}`);
}

const rowsOf = ({ parts }: Pick<Extract, 'parts'>): string => readParquet(parts.map(({ file }) => file));
