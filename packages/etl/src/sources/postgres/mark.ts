import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { RelationMark } from '../../model.ts';
import type { SourceColumn } from './columns.ts';
import type { Relation } from './relations.ts';

/** Partitions at every level, with their bounds; or what a view says, and the views that it reads. */
const BODIES: { readonly [kind in Relation['kind']]?: string } = {
  'partitioned table': `
    select string_agg(concat_ws(' ', tree.relid::oid, c.relkind, pg_get_expr(c.relpartbound, c.oid)), ',' order by tree.relid::oid) as body,
           count(*)::int - 1 as parts
      from pg_partition_tree($1::oid::regclass) tree join pg_class c on c.oid = tree.relid`,
  view: views(),
  'materialized view': views(),
};

function views(): string {
  return `
    with recursive read as (
      select $1::oid as oid
      union
      select d.refobjid from read join pg_rewrite r on r.ev_class = read.oid
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
    )
    select string_agg(c.oid || ' ' || pg_get_viewdef(c.oid), ',' order by c.oid) as body, null::int as parts
      from read join pg_class c using (oid) where c.relkind in ('v', 'm')`;
}

/** What a plan was made for: read again in the transaction that reads the rows, and compared. */
export async function readMark(client: pg.Client, relation: Relation, columns: readonly SourceColumn[]): Promise<RelationMark> {
  const { oid, kind, is_parent } = relation;
  const sql = BODIES[kind];
  const [found] = sql ? (await client.query<{ body: string | null; parts: number | null }>(sql, [oid])).rows : [];
  return {
    oid,
    kind,
    columns: columns.map(({ number, name, type, traits, readable }) => [number, name, type, `${traits}${readable ? '' : ' closed'}`.trim()]),
    is_parent,
    ...(found?.body && { body: createHash('md5').update(found.body).digest('hex') }),
    ...(typeof found?.parts === 'number' && { parts: found.parts }),
  };
}

/** What has become of a relation since it was planned, in words; empty when it is the same. */
export function describeChanges(before: RelationMark, now: RelationMark): string[] {
  if (JSON.stringify(before) === JSON.stringify(now)) return [];
  const anew = before.oid !== now.oid;
  const changes = [
    ...(anew ? [before.kind === now.kind ? `the ${now.kind} was dropped and made again` : `the ${before.kind} is a ${now.kind} now`] : []),
    ...columnChanges(before, now, anew),
    ...(before.body === now.body || anew ? [] : [bodyChange(before, now)]),
    ...(before.is_parent === now.is_parent ? [] : [now.is_parent ? 'other tables inherit from it' : 'no other table inherits from it any more']),
  ];
  return changes.length > 0 ? changes : ['its columns have another order'];
}

function bodyChange({ parts: before }: RelationMark, { parts: now, kind }: RelationMark): string {
  if (kind !== 'partitioned table') return `the ${kind}, or one that it reads, was replaced`;
  return before === now ? 'it has other partitions' : `it has ${now} partitions instead of ${before}`;
}

/** A column is known by its number, and in a table that was made again by its name. */
function columnChanges(before: RelationMark, now: RelationMark, anew: boolean): string[] {
  const key = ([number, name]: RelationMark['columns'][number]) => (anew ? name : number);
  const [old, fresh] = [new Map(before.columns.map((each) => [key(each), each])), new Map(now.columns.map((each) => [key(each), each]))];
  return [
    ...before.columns.filter((each) => !fresh.has(key(each))).map(([, name]) => `column ${name} is gone`),
    ...now.columns.flatMap((each) => {
      const [, name, type, traits] = each;
      const [, oldName = name, oldType, oldTraits] = old.get(key(each)) ?? [];
      if (oldType === undefined) return [`column ${name} was added`];
      return [
        ...(oldName === name ? [] : [`column ${oldName} is called ${name}`]),
        ...(oldType === type ? [] : [`column ${name} is ${type} instead of ${oldType}`]),
        ...(oldTraits === traits ? [] : [`column ${name} is declared differently`]),
      ];
    }),
  ];
}
