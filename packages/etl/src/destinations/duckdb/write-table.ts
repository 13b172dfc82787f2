import { duckdbType } from '../../duckdb/own-type.ts';
import { readParquet } from '../../duckdb/readers.ts';
import type { Extract } from '../../model.ts';
import { BAD_ROW_FACTS, listed } from '../../stage/bad-rows.ts';
import { identifier } from '../../types/sql.ts';
import { qualify } from '../qualify.ts';
import { QUARANTINE } from './ledger.ts';
import type { Warehouse } from './warehouse.ts';

/** Puts the rows of the parts in the place of the table, with the planned columns in their order. */
export async function writeTable(warehouse: Warehouse, { plan, parts }: Extract): Promise<void> {
  const table = qualify(plan.target);
  await warehouse.run(`create schema if not exists warehouse.${identifier(plan.target.schema)}`);
  if (parts.length === 0) {
    const columns = plan.columns.map((column) => `${identifier(column.name)} ${duckdbType(column)}`);
    return await warehouse.run(`create or replace table ${table} (${columns.join(', ')})`);
  }
  const columns = plan.columns.map((column) => `${identifier(column.name)}::${duckdbType(column)} as ${identifier(column.name)}`);
  await warehouse.run(`create or replace table ${table} as select ${columns.join(', ')} from ${readParquet(parts.map(({ file }) => file))}`);
}

/** Bad rows of this load, in the place of those of the table's earlier loads: what they belonged to is not there any more. */
export async function writeQuarantine(warehouse: Warehouse, { plan, quarantine_file }: Extract): Promise<void> {
  const { schema, name } = plan.target;
  await warehouse.run(`delete from ${QUARANTINE} where schema_name = $schema and table_name = $name`, { schema, name });
  if (quarantine_file === null) return;
  await warehouse.run(
    `insert into ${QUARANTINE} by name select load_id, $schema as schema_name, $name as table_name, ${listed(BAD_ROW_FACTS)}
     from ${readParquet(quarantine_file)}`,
    { schema, name },
  );
}
