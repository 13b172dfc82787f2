import type { Fragment, Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { hasKey, type Key } from './key.ts';

/** Columns of a table that requests set, with their types. */
export interface Columns {
  readonly [column: string]: 'text' | 'uuid' | 'boolean' | 'text[]' | 'json';
}

/** What a request says of them: undefined leaves a column as it is. */
type Values = { readonly [column: string]: unknown };

function encode(type: Columns[string], value: unknown): string | null {
  if (type === 'json') return JSON.stringify(value);
  if (value === null) return null;
  return type === 'text[]' ? pgArray(value as string[]) : String(value);
}

const list = (sql: Sql, [first = sql``, ...rest]: readonly Fragment[]): Fragment => rest.reduce((all, next) => sql`${all}, ${next}`, first);

/** The columns that the values have something for, each with it. */
const given = (sql: Sql, columns: Columns, values: Values): [name: string, value: Fragment][] =>
  Object.entries(columns).flatMap(([name, type]) =>
    values[name] === undefined ? [] : [[name, sql`${encode(type, values[name])}::text::${sql.unsafe(type)}`]],
  );

/** For plain records, which nothing but requests changes. Makes a row unless there is one that it would double. */
export async function insertRow(sql: Sql, table: string, columns: Columns, id: string, values: Values): Promise<boolean> {
  const cells = given(sql, columns, values);
  const { count } = await sql`
    insert into ${sql(table)} (id, created, updated, ${list(
      sql,
      cells.map(([name]) => sql`${sql(name)}`),
    )})
    values (${id}, now(), now(), ${list(
      sql,
      cells.map(([, value]) => value),
    )})
    on conflict do nothing`;
  return count > 0;
}

/** The id of the row that was changed; undefined when there is none of this key. */
export async function changeRow(sql: Sql, table: string, columns: Columns, key: Key, values: Values): Promise<string | undefined> {
  const changes = given(sql, columns, values).map(([name, value]) => sql`${sql(name)} = ${value}`);
  const [row] = await sql<{ id: string }[]>`
    update ${sql(table)} set ${list(sql, [sql`updated = now()`, ...changes])} where ${hasKey(sql, key)} returning id`;
  return row?.id;
}

export const updateRow = async (...change: Parameters<typeof changeRow>): Promise<boolean> => (await changeRow(...change)) !== undefined;

/** The id of the row that is gone; undefined when there was none of this key. */
export async function removeRow(sql: Sql, table: string, key: Key): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`delete from ${sql(table)} where ${hasKey(sql, key)} returning id`;
  return row?.id;
}

export const deleteRow = async (...row: Parameters<typeof removeRow>): Promise<boolean> => (await removeRow(...row)) !== undefined;
