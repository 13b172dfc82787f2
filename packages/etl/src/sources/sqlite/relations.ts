import { identifier } from '../../types/sql.ts';
import type { SqliteFile } from './open.ts';

export interface SqliteRelation {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'virtual table';
  /** As it was made. */
  readonly sql: string;
  /** By which name its rows have numbers; null for what has none. */
  readonly rowid: string | null;
  /** By the numbers of its rows; null where there are none. */
  readonly estimated_rows: number | null;
}

export interface SqliteColumn {
  readonly name: string;
  /** As it was declared, which binds nobody; empty where nobody did. */
  readonly type: string;
  readonly traits: string;
}

interface Listed {
  readonly name: string;
  readonly type: string;
  readonly wr: number;
  readonly sql: string | null;
}

const LIST = `
  select l.name, l.type, l.wr, s.sql from pragma_table_list l join sqlite_schema s on s.name = l.name
   where l.schema = 'main' and l.type in ('table', 'view', 'virtual') and l.name not like 'sqlite\\_%' escape '\\'`;

/** What holds rows for people, the largest first where sizes are known. */
export function readRelations(file: SqliteFile): SqliteRelation[] {
  const found = (file.database.prepare(LIST).all() as unknown as Listed[]).map((listed) => asRelation(file, listed));
  return found.sort((a, b) => (b.estimated_rows ?? -1) - (a.estimated_rows ?? -1) || (a.name < b.name ? -1 : 1));
}

/** One of them, however its name is written: SQLite folds letters. */
export function readRelation(file: SqliteFile, name: string): SqliteRelation | undefined {
  const listed = file.database.prepare(`${LIST} and l.name = ? collate nocase`).get(name) as unknown as Listed | undefined;
  return listed && asRelation(file, listed);
}

function asRelation(file: SqliteFile, { name, type, wr, sql }: Listed): SqliteRelation {
  const rowid = type === 'table' && wr === 0 ? freeRowid(file, name) : null;
  return {
    name,
    kind: type === 'virtual' ? 'virtual table' : (type as 'table' | 'view'),
    sql: sql ?? '',
    rowid,
    estimated_rows: estimate(file, name, rowid),
  };
}

/** A column may have one of these names, and then it is that. */
function freeRowid(file: SqliteFile, name: string): string | null {
  const taken = new Set(readColumns(file, name).map((column) => column.name.toLowerCase()));
  return ['rowid', '_rowid_', 'oid'].find((each) => !taken.has(each)) ?? null;
}

function estimate({ database }: SqliteFile, name: string, rowid: string | null): number | null {
  if (rowid === null) return null;
  const ends = [`select min(${rowid}) from ${identifier(name)}`, `select max(${rowid}) from ${identifier(name)}`];
  const statement = database.prepare(`select (${ends[0]}) as first, (${ends[1]}) as last`);
  statement.setReadBigInts(true);
  const { first, last } = statement.get() as { first: bigint | null; last: bigint | null };
  return first === null || last === null ? 0 : Number(last - first + 1n);
}

/** Generated columns are columns; those that a virtual table hides are none. */
export function readColumns({ database }: SqliteFile, name: string): SqliteColumn[] {
  const found = database.prepare('select name, type, "notnull" as required, hidden from pragma_table_xinfo(?)').all(name) as unknown as Found[];
  return found
    .filter(({ hidden }) => hidden !== 1)
    .map(({ name, type, required, hidden }) => ({ name, type, traits: `${required ? 'not null' : ''}${hidden > 1 ? ' generated' : ''}`.trim() }));
}

interface Found {
  readonly name: string;
  readonly type: string;
  readonly required: number;
  readonly hidden: number;
}
