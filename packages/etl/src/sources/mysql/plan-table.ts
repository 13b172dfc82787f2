import { createHash } from 'node:crypto';
import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';
import type { RelationMark, TablePlan, TableSpec, Unreadable } from '../../model.ts';
import { foldName, freeName } from '../../names/free-name.ts';
import { formatName, parseName, type QualifiedName } from '../../names/qualified-name.ts';
import { howToLoad } from '../how-to-load.ts';
import { mysqlError } from './errors.ts';
import { quoted, quotedTable } from './names.ts';
import { type MysqlRelation, readBody, readColumns, readRelation, readRelations } from './relations.ts';
import type { MysqlSession } from './session.ts';
import { carrierOf, type MysqlColumn, planColumn } from './types/columns.ts';

/** Decides how a table is read, from what the server declares. */
export async function planMysqlTable(session: MysqlSession, spec: TableSpec, sample: number): Promise<TablePlan | Unreadable> {
  const unreadable = (reason: string) => ({ table: spec.name, reason });
  const asked = spec.from ?? spec.name;
  const [parsed, wanted] = [parseName(asked), parseName(spec.name)];
  if (!parsed || !wanted) return unreadable(`"${asked}" is not the name of a table; write it like shop.orders.`);
  const { database } = session.address;
  const from = asked.includes('.') || database === undefined ? parsed : { schema: database, name: parsed.name };
  const relation = await readRelation(session, from);
  if (!relation) return unreadable(await noSuchTable(session, from));
  try {
    const columns = await readColumns(session, relation);
    const plan = planRelation(relation, columns, { spec, sample, target: spec.from === undefined ? await freeTarget(session, relation) : wanted });
    await session.query(`select ${plan.columns.map(({ source_name }) => quoted(source_name)).join(', ')} from ${quotedTable(relation)} limit 0`);
    return { ...plan, mark: await markOf(session, relation, columns) };
  } catch (error) {
    const known = mysqlError(error, session.address);
    if (isSluiceError(known)) throw known;
    return unreadable(`${formatName(relation)} cannot be read: ${messageOf(known)}.`);
  }
}

interface RelationRequest {
  readonly spec: TableSpec;
  readonly sample: number;
  readonly target: QualifiedName;
}

function planRelation(relation: MysqlRelation, columns: readonly MysqlColumn[], { spec, sample, target }: RelationRequest): TablePlan {
  const taken = new Set<string>();
  const names = columns.map(({ name }) => name);
  const planned = columns.map((column) => {
    const carrier = carrierOf(column);
    const name = freeName(column.name, taken, names);
    return { plan: planColumn(column, name, carrier), instead: carrier.instead };
  });
  const share = (count: number | null) => (count === null ? null : Math.round(count * sample));
  return {
    table: spec.name,
    source: spec.source,
    kind: 'mysql',
    from: { schema: relation.schema, name: relation.name },
    target,
    columns: planned.map(({ plan }) => plan),
    estimated_rows: share(relation.estimated_rows),
    estimated_bytes: share(relation.estimated_bytes),
    planned_at: new Date().toISOString(),
    ...howToLoad(spec),
    sample,
    notes: [
      ...(spec.from === undefined && target.name !== relation.name
        ? [`In the warehouse it is called ${formatName(target)}: names that differ only by case are the same there.`]
        : []),
      ...planned.flatMap(({ plan, instead }) =>
        instead ? [`Column ${plan.name} keeps ${instead} of its ${plan.source_type}: DuckDB has no such type.`] : [],
      ),
    ],
  };
}

/** What a table is like now; undefined where there is none. */
export async function markOfNow(session: MysqlSession, { from }: TablePlan): Promise<{ relation: MysqlRelation; mark: RelationMark } | undefined> {
  const relation = await readRelation(session, { schema: from.schema ?? '', name: from.name });
  return relation && { relation, mark: await markOf(session, relation, await readColumns(session, relation)) };
}

async function markOf(session: MysqlSession, relation: MysqlRelation, columns: readonly MysqlColumn[]): Promise<RelationMark> {
  const body = relation.kind === 'view' ? await readBody(session, relation) : undefined;
  return {
    oid: 0,
    kind: relation.kind,
    columns: columns.map(({ name, declared, traits }, index) => [index, name, declared, traits]),
    is_parent: false,
    ...(body !== undefined && { body: createHash('md5').update(body).digest('hex') }),
  };
}

async function noSuchTable(session: MysqlSession, from: QualifiedName): Promise<string> {
  const near = nearest(formatName(from), (await readRelations(session)).map(formatName));
  return `There is no table ${formatName(from)}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`;
}

/** When names of tables differ only by case, the one in small letters keeps its name, and the others get a number. */
async function freeTarget(session: MysqlSession, { schema, name }: MysqlRelation): Promise<QualifiedName> {
  const names = (await readRelations(session)).flatMap((each) => (each.schema === schema ? [each.name] : []));
  const taken = new Set<string>();
  const alike = names.filter((other) => foldName(other) === foldName(name)).sort((a, b) => (a < b ? 1 : -1));
  const free = alike.map((each) => [each, freeName(each, taken, names)] as const);
  return { schema, name: free.find(([each]) => each === name)?.[1] ?? name };
}
