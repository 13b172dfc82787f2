import type pg from 'pg';
import type { ColumnPlan } from '../../model.ts';
import { freeName } from '../../names/free-name.ts';
import { quoteName } from '../../names/qualified-name.ts';
import { identifier } from '../../types/sql.ts';
import type { Relation } from './relations.ts';
import { type PostgresType, TypeResolver } from './types/resolve.ts';

/** A column as the catalog has it. */
export interface SourceColumn {
  /** Stays the same when the column gets another name. */
  readonly number: number;
  readonly name: string;
  /** As PostgreSQL writes it: `numeric(10,2)`. */
  readonly type: string;
  readonly type_oid: number;
  readonly modifier: number;
  /** As it was declared, which binds nobody; 0 where nobody did. */
  readonly dimensions: number;
  /** What else is declared of it: `not null`, how it is generated. */
  readonly traits: string;
  /** Whether this user may read it. */
  readonly readable: boolean;
}

const COLUMNS = `
  select a.attnum as number, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.atttypid as type_oid, a.atttypmod as modifier,
         a.attndims as dimensions, concat_ws(' ', case when a.attnotnull then 'not null' end, nullif(a.attgenerated, ''), nullif(a.attidentity, '')) as traits,
         has_column_privilege(a.attrelid, a.attnum, 'select') as readable
    from pg_attribute a
   where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
   order by a.attnum`;

export async function readColumns(client: pg.Client, { oid }: Pick<Relation, 'oid'>): Promise<SourceColumn[]> {
  return (await client.query<SourceColumn>(COLUMNS, [oid])).rows;
}

/** The types of these columns and what they are made of: the base of a domain, the elements of an array. */
const TYPES = `
  with recursive used as (
    select unnest($1::oid[]) as oid
    union
    select unnest(array[t.typbasetype, coalesce(e.oid, 0)]) from used join pg_type t using (oid) left join pg_type e on e.typarray = t.oid
  )
  select t.oid, n.nspname as schema, t.typname as name, t.typtype as kind, t.typbasetype as base, t.typtypmod as base_modifier,
         t.typndims as dimensions, coalesce(e.oid, 0) as element
    from used join pg_type t using (oid) join pg_namespace n on n.oid = t.typnamespace left join pg_type e on e.typarray = t.oid`;

async function readTypes(client: pg.Client, columns: readonly SourceColumn[]): Promise<TypeResolver> {
  const { rows } = await client.query<PostgresType>(TYPES, [columns.map(({ type_oid }) => type_oid)]);
  const money = rows.some(({ name, schema }) => name === 'money' && schema === 'pg_catalog');
  const scale = money ? await client.query<{ scale: number }>(`select scale('1'::money::numeric) as scale`) : undefined;
  return new TypeResolver(rows, scale?.rows[0]?.scale ?? 2);
}

/** Rows that are looked at to see how many dimensions arrays have. */
const PEEK = 1000;

/** Least and greatest number of dimensions of an array. */
export type Dimensions = readonly [least: number, most: number];

/** Of the first rows: the declaration says nothing that holds. */
async function peekDimensions(client: pg.Client, relation: Relation, arrays: readonly SourceColumn[]): Promise<Map<string, Dimensions>> {
  if (arrays.length === 0 || !CHEAP_TO_PEEK.has(relation.kind)) return new Map();
  const bounds = arrays.flatMap(({ name }) => [`min(array_ndims(${identifier(name)}))`, `max(array_ndims(${identifier(name)}))`]);
  const first = `select ${arrays.map(({ name }) => identifier(name)).join(', ')} from ${quoteName(relation)} limit ${PEEK}`;
  const { rows } = await client.query<{ found: (number | null)[] }>(`select array[${bounds.join(', ')}] as found from (${first}) as first`);
  const found = rows[0]?.found ?? [];
  return new Map(
    arrays.flatMap(({ name }, index) => {
      const [least, most] = found.slice(index * 2);
      return typeof least === 'number' && typeof most === 'number' ? [[name, [least, most]]] : [];
    }),
  );
}

/** A view of a million rows may take minutes for its first one. */
const CHEAP_TO_PEEK = new Set<Relation['kind']>(['table', 'partitioned table', 'materialized view']);

export interface PlannedColumns {
  readonly columns: readonly ColumnPlan[];
  readonly notes: readonly string[];
  /** Types that no value can be read of; then the table cannot be planned. */
  readonly unreadable: readonly string[];
}

/** What becomes of each column that this user may read. */
export async function planColumns(client: pg.Client, relation: Relation, all: readonly SourceColumn[]): Promise<PlannedColumns> {
  const sources = all.filter(({ readable }) => readable);
  const types = await readTypes(client, sources);
  const arrays = sources.filter(({ type_oid }) => types.isArray(type_oid));
  const dimensions = await peekDimensions(client, relation, arrays);
  const [columns, notes, unreadable]: [ColumnPlan[], string[], string[]] = [[], leftOut(all), []];
  const taken = new Set<string>();
  const names = all.map(({ name }) => name);
  for (const source of sources) {
    const declared = source.dimensions || types.dimensionsOf(source.type_oid) || 1;
    const [least, most] = dimensions.get(source.name) ?? [declared, declared];
    const found = types.resolve(source.type_oid, source.modifier, most);
    if (!found) unreadable.push(`${source.name} has the type ${source.type}, which has no values to read`);
    if (!found) continue;
    const { type, type_args, neutral_type, as_text } = least === most || found.type !== 'array' ? found : MIXED;
    const name = freeName(source.name, taken, names);
    columns.push({ source_name: source.name, name, source_type: source.type, type, type_args, neutral_type });
    if (name !== source.name)
      notes.push(`Column ${source.name} is called ${name} in the warehouse: names that differ only by case are the same there.`);
    if (as_text) notes.push(`Column ${name} keeps the text of its ${source.type}: DuckDB has no such type.`);
    if (least !== most) notes.push(mixedNote(name, [least, most]));
  }
  return { columns, notes, unreadable };
}

function leftOut(all: readonly SourceColumn[]): string[] {
  const closed = all.filter(({ readable }) => !readable).map(({ name }) => name);
  if (closed.length === 0) return [];
  const [what, rights] = closed.length === 1 ? ['Column', 'it is'] : ['Columns', 'they are'];
  return [
    `${what} ${closed.join(', ')}: ${rights} left out, since the user of the source has no right to read ${closed.length === 1 ? 'it' : 'them'}.`,
  ];
}

/** Arrays of several numbers of dimensions. */
export const MIXED = { type: 'composite', type_args: {}, neutral_type: 'JSON', as_text: false };

export const mixedNote = (name: string, [least, most]: Dimensions): string =>
  `Column ${name} is JSON: its arrays have ${least} to ${most} dimensions.`;
