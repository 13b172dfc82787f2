import type { QualifiedName } from '../../names/qualified-name.ts';
import type { MysqlSession, Row } from './session.ts';
import type { MysqlColumn } from './types/columns.ts';

export interface MysqlRelation extends QualifiedName {
  readonly kind: 'table' | 'view';
  /** What keeps its rows, such as `innodb`; empty for a view. */
  readonly engine: string;
  readonly estimated_rows: number | null;
  readonly estimated_bytes: number | null;
}

const LIST = `
  select table_schema, table_name, table_type, lower(coalesce(engine, '')), table_rows, data_length
    from information_schema.tables
   where table_type in ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') and table_schema not in ('information_schema', 'mysql', 'performance_schema', 'sys')`;

/** Tables and views of the database, or of all, the largest first. */
export async function readRelations({ query, address: { database } }: MysqlSession): Promise<MysqlRelation[]> {
  const rows = await query(
    `${LIST}${database === undefined ? '' : ' and table_schema = ?'} order by data_length desc, table_schema, table_name`,
    database === undefined ? [] : [database],
  );
  return rows.map(asRelation);
}

export async function readRelation({ query }: MysqlSession, { schema, name }: QualifiedName): Promise<MysqlRelation | undefined> {
  const rows = await query(`${LIST} and table_schema = ? and table_name = ?`, [schema, name]);
  // Its names are compared as the server compares texts: of names that differ by case only the one that is meant.
  const found = rows.find((row) => row[1] === name) ?? rows[0];
  return found && asRelation(found);
}

function asRelation([schema, name, type, engine, rows, bytes]: Row): MysqlRelation {
  const number = (text: string | null | undefined) => (text == null || type === 'VIEW' ? null : Number(text));
  const kind = type === 'VIEW' ? 'view' : 'table';
  return { schema: schema ?? '', name: name ?? '', kind, engine: engine ?? '', estimated_rows: number(rows), estimated_bytes: number(bytes) };
}

const COLUMNS = `
  select column_name, lower(data_type), lower(column_type), numeric_precision, numeric_scale, concat_ws(' ', if(is_nullable = 'NO', 'not null', null), extra)
    from information_schema.columns where table_schema = ? and table_name = ? order by ordinal_position`;

export async function readColumns({ query }: MysqlSession, { schema, name }: QualifiedName): Promise<MysqlColumn[]> {
  const number = (text: string | null | undefined) => (text == null ? null : Number(text));
  return (await query(COLUMNS, [schema, name])).map(([column, type, declared, precision, scale, traits]) => ({
    name: column ?? '',
    type: type ?? '',
    declared: declared ?? '',
    precision: number(precision),
    scale: number(scale),
    traits: traits ?? '',
  }));
}

/** What a view says, for another one under its name to be seen. */
export async function readBody({ query }: MysqlSession, { schema, name }: QualifiedName): Promise<string | undefined> {
  const [row] = await query('select view_definition from information_schema.views where table_schema = ? and table_name = ?', [schema, name]);
  return row?.[0] ?? undefined;
}
