import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { TablePlan } from '../../model.ts';
import { formatName, type QualifiedName, quoteName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { identifier } from '../../types/sql.ts';
import { type Attribute, readAttributes } from './relation.ts';
import { rowsOf } from './transaction.ts';

/**
 * A table that nobody has given anything: no grants, views, keys, indexes, triggers, comments or rules of its own, and it is this role's.
 * Another table can take its place and name, and nothing is lost.
 */
const PLAIN = `
  select c.relkind = 'r' and c.relowner = (select oid from pg_roles where rolname = current_user) and c.relacl is null and c.reloptions is null
    and c.relpersistence = 'p' and c.reltablespace = 0 and c.relreplident = 'd' and not c.relhasindex and not c.relhasrules and not c.relhastriggers
    and not c.relrowsecurity and not c.relispartition and not c.relhassubclass and c.reloftype = 0
    and not exists (select from pg_depend d where (d.refclassid, d.refobjid) in (('pg_class'::regclass, c.oid), ('pg_type'::regclass, c.reltype)) and d.deptype <> 'i')
    and not exists (select from pg_inherits where inhrelid = c.oid)
    and not exists (select from pg_description where objoid = c.oid and classoid = 'pg_class'::regclass)
    and not exists (select from pg_seclabel where objoid = c.oid and classoid = 'pg_class'::regclass)
    and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      and (a.attacl is not null or a.attnotnull or a.atthasdef or a.attidentity <> '' or a.attoptions is not null)) as plain
  from pg_class c where c.oid = $1::oid`;

/** Whether another table may take the place of this one; otherwise it stays, and its rows are replaced. Undefined where it is gone. */
export async function isPlain(client: PostgresClient, oid: number): Promise<boolean | undefined> {
  const [row] = await rowsOf<{ plain: boolean }>(client, PLAIN, [oid]);
  return row?.plain;
}

/** Puts a table that was written under a name of its own where it belongs. */
export async function rename(client: PostgresClient, staging: QualifiedName, target: QualifiedName, isThere: boolean): Promise<void> {
  if (isThere) await client.query(`drop table ${quoteName(target)}`);
  await client.query(`alter table ${quoteName(staging)} rename to ${identifier(target.name)}`);
}

interface Referrer {
  readonly name: string;
  readonly table: string;
  /** What becomes of its rows when those that they point at are deleted: a, r: nothing, or a refusal. */
  readonly on_delete: string;
}

const readReferrers = (client: PostgresClient, oid: number): Promise<Referrer[]> =>
  rowsOf(
    client,
    `select conname::text as name, conrelid::regclass::text as "table", confdeltype::text as on_delete from pg_constraint
     where confrelid = $1::oid and conrelid <> $1::oid and contype = 'f' and conparentid = 0 order by 1`,
    [oid],
  );

/** Before a row is moved: whether this role may replace the rows of a table that stays, and whether that would delete rows of others. */
export async function expectReplaceable(client: PostgresClient, { table, target }: TablePlan, oid: number): Promise<void> {
  const [may] = await rowsOf<{ write: boolean | null; empty: boolean | null }>(
    client,
    `select has_table_privilege($1::oid, 'insert') and has_table_privilege($1::oid, 'select') as write,
       has_table_privilege($1::oid, 'truncate') or has_table_privilege($1::oid, 'delete') as empty`,
    [oid],
  );
  // Of a table that is gone meanwhile nothing is said.
  if (may?.write === false || may?.empty === false)
    throw new SluiceError('FORBIDDEN', `${table} cannot be loaded: "${client.user}" may not replace the rows of ${formatName(target)}.`, {
      hint: `Let its owner grant it: grant select, insert, delete, truncate on ${quoteName(target)} to ${identifier(client.user ?? '')}`,
    });
  const deleting = (await readReferrers(client, oid)).filter(({ on_delete }) => on_delete !== 'a' && on_delete !== 'r');
  const [first] = deleting;
  if (first)
    throw new SluiceError('CONFLICT', `${table} is not replaced: its foreign key "${first.name}" would delete or change rows of ${first.table}.`, {
      hint: `Give the key ON DELETE NO ACTION: then it holds, and the rows are replaced at once. Or load it into another schema with --into SCHEMA.`,
    });
}

/**
 * Puts rows in the place of those of a table that stays, with its grants, views, indexes and keys, in its planned columns. Where foreign
 * keys point at it no truncate is allowed: there one statement deletes and inserts, and the keys are looked at when it has ended.
 */
export async function replaceRows(
  client: PostgresClient,
  plan: TablePlan,
  staging: QualifiedName,
  oid: number,
  wanted: readonly Attribute[],
): Promise<void> {
  const table = quoteName(plan.target);
  await client.query(`lock table ${table} in access exclusive mode`);
  const pointed = (await readReferrers(client, oid)).length > 0;
  if (!pointed) await client.query(`truncate ${table}`);
  await reshape(client, table, await readAttributes(client, oid), wanted);
  const columns = plan.columns.map(({ name }) => identifier(name)).join(', ');
  const rows = `select ${columns} from ${quoteName(staging)}`;
  await client.query(
    pointed
      ? `with gone as (delete from ${table} returning 1) insert into ${table} (${columns}) ${rows} where (select count(*) from gone) >= 0`
      : `insert into ${table} (${columns}) ${rows}`,
  );
}

/** Gives a table the columns that are wanted. What somebody has made of the others, such as a view, is not thrown away: then it fails. */
async function reshape(client: PostgresClient, table: string, standing: readonly Attribute[], wanted: readonly Attribute[]): Promise<void> {
  const typeOf = new Map(standing.map(({ name, type }) => [name, type]));
  const names = new Set(wanted.map(({ name }) => name));
  const changes = [
    ...standing.filter(({ name }) => !names.has(name)).map(({ name }) => `drop column ${identifier(name)}`),
    ...wanted.filter(({ name }) => !typeOf.has(name)).map(({ name, type }) => `add column ${identifier(name)} ${type}`),
    ...wanted
      .filter(({ name, type }) => typeOf.has(name) && typeOf.get(name) !== type)
      .map(({ name, type }) => `alter column ${identifier(name)} type ${type} using null::${type}`),
  ];
  if (changes.length > 0) await client.query(`alter table ${table} ${changes.join(', ')}`);
}
