import type { Fragment, Sql } from '../db/database.ts';

/** What tells a record from the others: columns, and what they hold. */
export interface Key {
  readonly [column: string]: string;
}

/** The condition that a row has this key; an empty one has every row. */
export const hasKey = (sql: Sql, key: Key): Fragment =>
  Object.entries(key).reduce((all, [column, value]) => sql`${all} and ${sql(column)} = ${value}`, sql`true`);

/** A record by its id or its name, as some routes take both. */
export const idOrName = (text: string): Key => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? { id: text } : { name: text });
