import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';
import type pg from 'pg';
import type { TablePlan, TableSpec, Unreadable } from '../../model.ts';
import { foldName, freeName } from '../../names/free-name.ts';
import { formatName, parseName, type QualifiedName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { sourceError } from '../../postgres/source-error.ts';
import { inTransaction } from '../../postgres/transaction.ts';
import { postgresRule } from '../../postgres/types/sums.ts';
import { identifier } from '../../types/sql.ts';
import { howToLoad } from '../how-to-load.ts';
import { planColumns, readColumns, type SourceColumn } from './columns.ts';
import { readMark } from './mark.ts';
import { type Relation, readable, readRelation, readRelations } from './relations.ts';

/** Decides how a table is read, from what the catalog says now; or why it cannot be. */
export async function planPostgresTable(client: PostgresClient, spec: TableSpec, { sample }: { sample: number }): Promise<TablePlan | Unreadable> {
  try {
    return await inTransaction(client, () => plan(client, spec, sample));
  } catch (error) {
    const known = sourceError(error, client, spec.name);
    if (isSluiceError(known) && known.code !== 'TABLE_UNREADABLE') throw known;
    return { table: spec.name, reason: messageOf(known) };
  }
}

async function plan(client: pg.Client, spec: TableSpec, sample: number): Promise<TablePlan | Unreadable> {
  const unreadable = (reason: string) => ({ table: spec.name, reason });
  const [from, wanted] = [parseName(spec.from ?? spec.name), parseName(spec.name)];
  if (!from || !wanted) return unreadable(`"${spec.from ?? spec.name}" is not the name of a table; write it like public.orders.`);
  const relation = await readRelation(client, from);
  if (!relation) return unreadable(await noSuchTable(client, from));
  const target = spec.from === undefined ? await freeTarget(client, relation) : wanted;
  return await planRelation(client, relation, await readColumns(client, relation), { spec, target, sample });
}

export interface RelationRequest {
  readonly spec: TableSpec;
  readonly target: QualifiedName;
  readonly sample: number;
}

/** The plan of a relation with these columns, as the transaction sees it. */
export async function planRelation(
  client: pg.Client,
  relation: Relation,
  sources: readonly SourceColumn[],
  { spec, target, sample }: RelationRequest,
): Promise<TablePlan | Unreadable> {
  const unreadable = (reason: string) => ({ table: spec.name, reason });
  if (relation.hindrance !== null) return unreadable(`${formatName(relation)} cannot be read: ${relation.hindrance}.`);
  if (sources.length === 0) return unreadable(`${formatName(relation)} has no columns.`);
  const planned = await planColumns(client, relation, sources);
  if (planned.unreadable.length > 0) return unreadable(`Column ${planned.unreadable.join(', ')}.`);
  await tryRead(client, relation, planned.columns);
  const rows = await estimateRows(client, relation);
  return {
    table: spec.name,
    source: spec.source,
    kind: 'postgres',
    from: { schema: relation.schema, name: relation.name },
    target,
    columns: planned.columns,
    estimated_rows: Math.round(rows * sample),
    estimated_bytes: relation.estimated_bytes === null ? null : Math.round(relation.estimated_bytes * sample),
    planned_at: new Date().toISOString(),
    ...howToLoad(spec),
    sample,
    notes: [...notesOn(relation, target, spec), ...planned.notes],
    mark: await readMark(client, relation, sources),
  };
}

/** What was asked for when a table was planned. */
export const specOf = ({ table, source, from, chunk_mb, bad_rows, bad_row_share }: TablePlan): TableSpec => {
  const [name, own] = [formatName({ schema: from.schema ?? 'public', name: from.name }), parseName(table)];
  const renamed = !own || formatName(own) !== name;
  return { name: table, source, ...(renamed && { from: name }), chunkMb: chunk_mb, badRows: bad_rows, badRowShare: bad_row_share };
};

/** Whether a note says where the table stands in the warehouse, which stays as it was decided. */
export const isOnPlace = (note: string): boolean => note.startsWith('In the warehouse it is ');

function notesOn(relation: Relation, target: QualifiedName, { from }: TableSpec): string[] {
  const renamed = from === undefined && (target.name !== relation.name || target.schema !== relation.schema);
  return [
    ...(renamed ? [`In the warehouse it is called ${formatName(target)}: names that differ only by case are the same there.`] : []),
    ...(relation.is_parent ? ['Rows of the tables that inherit from it are in their own tables only.'] : []),
  ];
}

/** Row-level security below a view, functions that may not be called, a foreign server without a user: all are said before any row. */
export async function tryRead(client: pg.Client, relation: Relation, columns: TablePlan['columns']): Promise<void> {
  const list = columns.map(
    (column) => postgresRule(column).copy?.(identifier(column.source_name), column.type_args) ?? identifier(column.source_name),
  );
  await client.query(`select ${list.join(', ')} from ${readable(relation)} limit 0`);
}

async function estimateRows(client: pg.Client, relation: Relation): Promise<number> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `explain (format json) select from ${readable(relation)}`,
  );
  return rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
}

async function noSuchTable(client: pg.Client, from: QualifiedName): Promise<string> {
  const near = nearest(formatName(from), (await readRelations(client)).map(formatName));
  return `There is no table ${formatName(from)}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`;
}

/** Names of the tables in this schema, and in those whose names differ by case only. */
const NEIGHBOURS = `
  select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and lower(n.nspname) = lower($1)`;

/** Schemas that differ by case only are one in the warehouse, by the name of the one in small letters. */
const schemaOf = (tables: readonly QualifiedName[]): string | undefined =>
  tables
    .map(({ schema }) => schema)
    .sort()
    .at(-1);

/** When names of tables differ only by case, the one in small letters keeps its name, and the others get a number. */
async function freeTarget(client: pg.Client, { schema, name }: Relation): Promise<QualifiedName> {
  const { rows } = await client.query<QualifiedName>(NEIGHBOURS, [schema]);
  const neighbours = rows.filter((other) => foldName(other.schema) === foldName(schema));
  const alike = neighbours.filter((other) => foldName(other.name) === foldName(name)).sort((a, b) => (formatName(a) < formatName(b) ? 1 : -1));
  const taken = new Set<string>();
  const names = neighbours.map((other) => other.name);
  const free = alike.map((each) => ({ each, name: freeName(each.name, taken, names) }));
  const own = free.find(({ each }) => each.schema === schema && each.name === name)?.name ?? name;
  return { schema: schemaOf(neighbours) ?? schema, name: own };
}
