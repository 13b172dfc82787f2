import type { QualifiedName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { rowsOf } from './transaction.ts';

/** What stands under a name. */
export interface Relation {
  readonly oid: number;
  /** `r`: a table, `p`: one of partitions, and others. */
  readonly kind: string;
}

export async function readRelation(client: PostgresClient, { schema, name }: QualifiedName): Promise<Relation | undefined> {
  const [relation] = await rowsOf<Relation>(
    client,
    `select c.oid::bigint::float8 as oid, c.relkind::text as kind from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2`,
    [schema, name],
  );
  return relation;
}

/** What a relation is called that is not a table. */
export const KINDS: { readonly [kind: string]: string } = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  S: 'a sequence',
  i: 'an index',
  I: 'an index',
  c: 'a type',
  t: 'a part of another table',
};

export interface Attribute {
  readonly name: string;
  readonly type: string;
  /** Its name in the catalog. */
  readonly typname: string;
}

/** Columns of a table in their order. */
export const readAttributes = (client: PostgresClient, oid: number): Promise<Attribute[]> =>
  rowsOf(
    client,
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, t.typname::text as typname
     from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [oid],
  );
