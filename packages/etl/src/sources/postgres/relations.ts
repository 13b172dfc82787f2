import type pg from 'pg';
import { type QualifiedName, quoteName } from '../../names/qualified-name.ts';

export type RelationKind = 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table';

/** A relation that holds rows for people, and whether this user may read them. */
export interface Relation extends QualifiedName {
  readonly oid: number;
  readonly kind: RelationKind;
  /** Null where nobody has counted yet. */
  readonly estimated_rows: number | null;
  readonly estimated_bytes: number | null;
  /** Its rows are also those of a parent table, which reads without them. */
  readonly is_parent: boolean;
  /** This user may read some of its columns only. */
  readonly is_partial: boolean;
  /** Why it cannot be read; null when it can. */
  readonly hindrance: string | null;
}

/** A partitioned table stands for its partitions, with the sum of their sizes. */
const RELATIONS = `
  select c.oid, n.nspname as schema, c.relname as name,
         case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view' when 'm' then 'materialized view' else 'foreign table' end as kind,
         case when c.relkind = 'v' or sizes.unknown then null else sizes.rows end as estimated_rows,
         case when c.relkind in ('v', 'f') then null else sizes.bytes end as estimated_bytes,
         c.relkind = 'r' and exists (select from pg_inherits where inhparent = c.oid) as is_parent,
         not has_table_privilege(c.oid, 'select') as is_partial,
         case when not has_schema_privilege(n.oid, 'usage') then format('%s may not use the schema %s', current_user, n.nspname)
              when not has_any_column_privilege(c.oid, 'select') then format('%s may not read it', current_user)
              when row_security_active(c.oid) then format('row-level security would hide rows from %s; its owner, or a role with BYPASSRLS, sees all', current_user)
              when c.relkind = 'm' and not c.relispopulated then 'it has never been refreshed'
         end as hindrance
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    cross join lateral (
      select sum(greatest(leaf.reltuples, 0))::float8 as rows, bool_or(leaf.reltuples < 0) as unknown, sum(pg_table_size(leaf.oid))::float8 as bytes
        from (select c.oid where c.relkind <> 'p'
              union all select relid from pg_partition_tree(case when c.relkind = 'p' then c.oid end) where isleaf) leaves
        join pg_class leaf on leaf.oid = leaves.oid
    ) sizes
   where c.relkind in ('r', 'p', 'v', 'm', 'f')
     and c.relpersistence <> 't'
     and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'`;

/** What belongs to an extension is not the user's, and views of statistics, which some bring, change while they are read. */
const LISTED = `
     and not c.relispartition
     and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')`;

/** All relations of the database, the largest first. */
export async function readRelations(client: pg.Client): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(`${RELATIONS}${LISTED} order by estimated_bytes desc nulls last, schema, name`);
  return rows;
}

/** One relation; here a partition may be named too. */
export async function readRelation(client: pg.Client, { schema, name }: QualifiedName): Promise<Relation | undefined> {
  const { rows } = await client.query<Relation>(`${RELATIONS} and n.nspname = $1 and c.relname = $2`, [schema, name]);
  return rows[0];
}

/** The relation as a query names it: a parent table is read without those that inherit from it. */
export const readable = (relation: Relation): string => `${relation.kind === 'table' ? 'only ' : ''}${quoteName(relation)}`;

/**
 * Whether a relation that the transaction has touched, or a table below it, is another one than its snapshot shows: made again under
 * the name, or rewritten by TRUNCATE or ALTER, and then it would seem empty. Functions of the catalog see what is now, and tables of
 * the catalog what the snapshot shows.
 */
const IS_ANOTHER = `
  with recursive read as (
    select $1::oid as oid
    union
    select d.refobjid from read join pg_rewrite r on r.ev_class = read.oid
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
  ), leaves as (
    select oid from read union select tree.relid from read cross join lateral pg_partition_tree(read.oid) tree
  )
  select to_regclass($2)::oid is distinct from $1 or exists (
    select from leaves join pg_class c using (oid) where c.relfilenode <> 0 and c.relfilenode is distinct from pg_relation_filenode(c.oid)
  ) as another`;

export async function isAnother(client: pg.Client, relation: Relation): Promise<boolean> {
  const { rows } = await client.query<{ another: boolean }>(IS_ANOTHER, [relation.oid, quoteName(relation)]);
  return rows[0]?.another ?? true;
}
