import { createHash } from 'node:crypto';
import { messageOf } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';
import type { ColumnPlan, RelationMark, TablePlan, TableSpec, Unreadable } from '../../model.ts';
import { foldName, freeName } from '../../names/free-name.ts';
import { formatName, parseName, type QualifiedName } from '../../names/qualified-name.ts';
import { howToLoad } from '../how-to-load.ts';
import type { SqliteFile } from './open.ts';
import { readColumns, readRelation, readRelations, type SqliteColumn, type SqliteRelation } from './relations.ts';
import { type Candidate, candidatesOf } from './types/candidates.ts';
import { sqliteRule } from './types/rules.ts';

/** The one schema of a file. */
export const SCHEMA = 'main';

const qualified = ({ name }: { readonly name: string }): QualifiedName => ({ schema: SCHEMA, name });

/** Decides how a table is read, from what the file declares; what the values are is seen when they are read. */
export function planSqliteTable(file: SqliteFile, spec: TableSpec, sample: number): TablePlan | Unreadable {
  const unreadable = (reason: string) => ({ table: spec.name, reason });
  const asked = spec.from ?? spec.name;
  const [from, wanted] = [parseName(asked), parseName(spec.name)];
  if (!from || !wanted) return unreadable(`"${asked}" is not the name of a table; write it like main.orders.`);
  // A name of one part is one of the only schema that there is.
  const isHere = from.schema === SCHEMA || !asked.includes('.');
  const relation = isHere ? readRelation(file, from.name) : undefined;
  if (!relation) return unreadable(noSuchTable(file, isHere ? qualified(from) : from));
  try {
    return planRelation(file, relation, { spec, target: spec.from === undefined ? qualified(relation) : wanted, sample });
  } catch (error) {
    return unreadable(`${formatName(qualified(relation))} cannot be read: ${messageOf(error)}.`);
  }
}

interface RelationRequest {
  readonly spec: TableSpec;
  readonly target: QualifiedName;
  readonly sample: number;
}

function planRelation(file: SqliteFile, relation: SqliteRelation, { spec, target, sample }: RelationRequest): TablePlan {
  const sources = readColumns(file, relation.name);
  const nameless = freeName(
    'column',
    new Set(sources.map(({ name }) => foldName(name))),
    sources.map(({ name }) => name),
  );
  const isSampled = sample < 1 && relation.rowid !== null;
  return {
    table: spec.name,
    source: spec.source,
    kind: 'sqlite',
    from: { schema: SCHEMA, name: relation.name },
    target,
    columns: sources.map((column) => planColumn(column, nameless)),
    estimated_rows: relation.estimated_rows === null ? null : Math.round(relation.estimated_rows * sample),
    estimated_bytes: null,
    planned_at: new Date().toISOString(),
    ...howToLoad(spec),
    sample: isSampled ? sample : 1,
    notes: [
      ...(sources.some(({ name }) => name === '') ? [`A column without a name is called ${nameless} in the warehouse.`] : []),
      ...(sample < 1 && !isSampled ? [`All rows are taken: a ${relation.kind} without numbers of its rows has no sample.`] : []),
    ],
    mark: markOf(relation, sources),
  };
}

/** Until the values are seen a column without a declaration is a text. */
function planColumn({ name, type }: SqliteColumn, nameless: string): ColumnPlan {
  return withCandidate({ source_name: name, name: name || nameless, source_type: type }, candidatesOf(type).meant ?? { type: 'text', args: {} });
}

export const withCandidate = (
  { source_name, name, source_type }: Pick<ColumnPlan, 'source_name' | 'name' | 'source_type'>,
  { type, args }: Candidate,
): ColumnPlan => ({ source_name, name, source_type, type, type_args: args, neutral_type: sqliteRule(type).neutral(args) });

/** What a table is like now; undefined where there is none. */
export function markOfNow(file: SqliteFile, name: string): RelationMark | undefined {
  const relation = readRelation(file, name);
  return relation && markOf(relation, readColumns(file, relation.name));
}

const markOf = ({ kind, sql }: SqliteRelation, columns: readonly SqliteColumn[]): RelationMark => ({
  oid: 0,
  kind,
  columns: columns.map(({ name, type, traits }, index) => [index, name, type, traits]),
  is_parent: false,
  ...(kind !== 'table' && { body: createHash('md5').update(sql).digest('hex') }),
});

function noSuchTable(file: SqliteFile, from: QualifiedName): string {
  const near = nearest(
    formatName(from),
    readRelations(file).map((each) => formatName(qualified(each))),
  );
  return `There is no table ${formatName(from)}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`;
}
