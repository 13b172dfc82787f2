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
