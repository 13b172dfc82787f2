import { identifier } from '../../types/sql.ts';
import type { Attribute } from './relation.ts';

/** Types that PostgreSQL has a hash of, as its hash indexes need it: that of a value never changes, and reads no text. */
const HASHED = new Set(
  [
    [
      'int2',
      'int4',
      'int8',
      'oid',
      'bool',
      'float4',
      'float8',
      'numeric',
      'text',
      'varchar',
      'bpchar',
      'name',
      'uuid',
      'bytea',
      'date',
      'time',
      'timetz',
    ],
    [
      'timestamp',
      'timestamptz',
      'interval',
      'inet',
      'cidr',
      'macaddr',
      'macaddr8',
      'jsonb',
      'pg_lsn',
      'int4range',
      'int8range',
      'numrange',
      'daterange',
    ],
  ].flat(),
);

const isHashed = (typname: string) => HASHED.has(typname.replace(/^_/, ''));

/**
 * An aggregate that says what rows a table has, in any order: the sum of PostgreSQL's own hash of each. It is taken when a load is
 * committed, and again when the warehouse is looked at. Columns are in the order of their names, for a table that was changed has
 * another one.
 */
export function fingerprintSql(attributes: readonly Attribute[]): string {
  const ordered = attributes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const values = ordered.map(({ name, typname }) => (isHashed(typname) ? identifier(name) : `${identifier(name)}::text`));
  return `'hash:' || coalesce(sum(hash_record_extended(row(${values.join(', ')}), 0)), 0)`;
}
