import type { BundleCreate } from '@sluice/core/model/bundle';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** Runs that have not ended and name a bundle. The index of runs that are not COMPLETED finds them by their states. */
const UNFINISHED = `r.state_type in ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING')`;

const bundles = (sql: Sql) => sql`
  select b.id, b.created, b.updated, b.name, b.bytes, b.unpacked_bytes, b.files, b.chunks, b.checked,
    (select coalesce(json_agg(f.name || '/' || d.name order by f.name, d.name), '[]') from deployment d join flow f on f.id = d.flow_id
      where d.bundle = b.name and b.checked is not null) as deployments,
    (select count(*) from flow_run r where r.bundle = b.name and b.checked is not null and ${sql.unsafe(UNFINISHED)}) as unfinished_runs
  from bundle b`;

/** Begins an upload, unless the bundle is there. Returns its id, and whether it is new. */
export async function beginBundle(
  sql: Sql,
  id: string,
  { name, bytes, unpacked_bytes, files, chunks }: BundleCreate,
): Promise<{ id: string; created: boolean }> {
  const [there] = await sql<{ id: string }[]>`update bundle set updated = now() where name = ${name} and checked is not null returning id`;
  if (there) return { id: there.id, created: false };
  await sql`
    insert into bundle (id, created, updated, name, bytes, unpacked_bytes, files, chunks)
    values (${id}, now(), now(), ${name}, ${bytes}, ${unpacked_bytes}, ${files}, ${chunks})`;
  return { id, created: true };
}

export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly chunks: number;
  readonly is_checked: boolean;
}

/** A bundle that is there, or on its way. */
export async function readUpload(sql: Sql, id: string): Promise<Upload | undefined> {
  const [row] = await sql<{ json: Upload }[]>`
    select json_build_object('id', id, 'name', name, 'bytes', bytes, 'chunks', chunks, 'is_checked', checked is not null) as json
    from bundle where id = ${id}`;
  return row?.json;
}

/** One that is there is left as it is. */
export async function writeChunk(sql: Sql, id: string, index: number, data: string): Promise<void> {
  await sql`
    insert into bundle_chunk (bundle_id, index, data)
    select b.id, ${index}, decode(${data}, 'base64') from bundle b where b.id = ${id} and b.checked is null
    on conflict (bundle_id, index) do update set data = excluded.data`;
}

/** Chunks of an upload that have not come. */
export async function missingChunks(sql: Sql, id: string): Promise<number[]> {
  const rows = await sql<{ index: number }[]>`
    select n.index from bundle b cross join generate_series(0, b.chunks - 1) as n(index)
    where b.id = ${id} and not exists (select from bundle_chunk c where c.bundle_id = b.id and c.index = n.index) order by 1 limit 10`;
  return rows.map(({ index }) => index);
}

/** A chunk as base64; undefined when there is none. */
export async function readChunk(sql: Sql, id: string, index: number): Promise<string | undefined> {
  const [row] = await sql<{ data: string }[]>`
    select translate(encode(data, 'base64'), E'\\n', '') as data from bundle_chunk where bundle_id = ${id} and index = ${index}`;
  return row?.data;
}

/** A chunk of a bundle that is there, by its name. */
export async function readChunkOf(sql: Sql, name: string, index: number): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`select id from bundle where name = ${name} and checked is not null`;
  return row && readChunk(sql, row.id, index);
}

/** All of it has come and is what its name says. Another upload may have been faster: then that one stays. */
export async function finishBundle(sql: Sql, { id, name }: Pick<Upload, 'id' | 'name'>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
  const { count } = await sql`
    update bundle set checked = now(), updated = now()
    where id = ${id} and not exists (select from bundle o where o.name = ${name} and o.checked is not null)`;
  if (count === 0) await deleteUpload(sql, id);
}

/** What has come of an upload is of no use. */
export async function deleteUpload(sql: Sql, id: string): Promise<void> {
  await sql`delete from bundle where id = ${id} and checked is null`;
}

/** The bundle of this name that is there, as JSON text. */
export async function readBundle(sql: Sql, name: string): Promise<string | undefined> {
  const [row] = await sql<{ json: string }[]>`
    select row_to_json(v)::text as json from (${bundles(sql)} where b.name = ${name} and b.checked is not null) v`;
  return row?.json;
}

export async function readBundleById(sql: Sql, id: string): Promise<string | undefined> {
  const [row] = await sql<{ json: string }[]>`select row_to_json(v)::text as json from (${bundles(sql)} where b.id = ${id}) v`;
  return row?.json;
}

/** Bundles that are there, newest first, as the text of a JSON array. */
export async function listBundles(
  sql: Sql,
  { name_like, limit, offset }: { name_like?: string | undefined; limit: number; offset: number },
): Promise<string> {
  const which = name_like === undefined ? sql`true` : sql`starts_with(b.name, ${name_like})`;
  const [row] = await sql<[{ json: string }]>`
    select coalesce(json_agg(v), '[]')::text as json from (
      ${bundles(sql)} where b.checked is not null and ${which} order by b.created desc, b.id desc limit ${limit} offset ${offset}) v`;
  return row.json;
}

/** Whether the run was made with this bundle. */
export async function isBundleOf(sql: Sql, name: string, flowRunId: string): Promise<boolean> {
  const rows = await sql`select from flow_run where id = ${flowRunId} and bundle = ${name}`;
  return rows.length > 0;
}

/** A deployment takes a bundle in the place of another: neither is removed while runs are made of them. False: it is not there. */
export async function touchBundles(sql: Sql, name: string, deployment: { readonly flow_id: string; readonly name: string }): Promise<boolean> {
  const rows = await sql<{ name: string }[]>`
    update bundle set updated = now() where checked is not null
      and (name = ${name} or name = (select bundle from deployment where flow_id = ${deployment.flow_id} and name = ${deployment.name}))
    returning name`;
  return rows.some((row) => row.name === name);
}

/** What a deployment is now becomes one of its versions. */
export async function keepVersion(sql: Sql, deploymentId: string): Promise<void> {
  await sql`
    insert into deployment_version (deployment_id, bundle, updated, version, entrypoint, bundle_folder)
    select id, bundle, now(), version, entrypoint, bundle_folder from deployment where id = ${deploymentId} and bundle is not null
    on conflict (deployment_id, bundle) do update set updated = excluded.updated, version = excluded.version,
      entrypoint = excluded.entrypoint, bundle_folder = excluded.bundle_folder`;
}

export interface Version {
  readonly version: string | null;
  readonly bundle: string;
}

/** Versions of a deployment whose code is there, the newest first. */
export async function listVersions(sql: Sql, deploymentId: string): Promise<Version[]> {
  return sql<Version[]>`
    select v.version, v.bundle from deployment_version v join bundle b on b.name = v.bundle and b.checked is not null
    where v.deployment_id = ${deploymentId} order by v.updated desc limit 1000`;
}

/** So long nobody is in the middle of taking it. */
const AT_REST = '10 minutes';
const UPLOAD_TIME = '1 hour';

/** Removes bundles that nobody names, and has named for so long; some at a time, with the uploads that nobody has ended. */
export async function pruneBundles(sql: Sql, days: number, most: number): Promise<{ names: string[]; bytes: number }> {
  await sql`delete from bundle where checked is null and updated < now() - ${UPLOAD_TIME}::interval`;
  const rows = await sql<{ name: string; bytes: string }[]>`
    delete from bundle where id in (
      select b.id from bundle b
      where b.checked is not null and b.updated < now() - greatest(${AT_REST}::interval, make_interval(days => ${days}))
        and not exists (select from deployment d where d.bundle = b.name)
        and b.name not in (select r.bundle from flow_run r where r.bundle is not null and ${sql.unsafe(UNFINISHED)})
      order by b.updated limit ${most} for update skip locked)
    returning name, bytes`;
  const names = rows.map(({ name }) => name);
  if (names.length > 0) await sql`delete from deployment_version where bundle = any(${pgArray(names)}::text[])`;
  return { names, bytes: rows.reduce((sum, { bytes }) => sum + Number(bytes), 0) };
}
