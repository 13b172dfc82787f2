import type { SourceSet } from '@sluice/core/model/source';
import type { Sql } from '../db/database.ts';
import type { Sealed } from '../secrets/secret-box.ts';
import type { ShownParts } from '../secrets/shown-parts.ts';

/** What is shown, which has nothing of the URL that was encrypted. */
const shown = (sql: Sql, keyId: string | undefined) => sql`
  id, created, updated, name, kind, host, database, set, set_by, key_id is not distinct from ${keyId ?? null}::text as is_readable`;

type NewSource = Pick<SourceSet, 'name' | 'set_by'> & ShownParts & Sealed;

/** Keeps the URL of a source in the place of the one before. Returns it as JSON text, and whether its name is new. */
export async function setSource(
  sql: Sql,
  id: string,
  { name, set_by, kind, host, database, key_id, sealed }: NewSource,
): Promise<{ json: string; created: boolean }> {
  const [row] = await sql<[{ json: string; created: boolean }]>`
    with kept as (
      insert into source (id, created, updated, name, kind, host, database, set, set_by, key_id, sealed)
      values (${id}, now(), now(), ${name}, ${kind}, ${host}, ${database}, now(), ${set_by ?? null}, ${key_id}, ${sealed})
      on conflict (name) do update set updated = now(), kind = excluded.kind, host = excluded.host, database = excluded.database, set = now(),
        set_by = excluded.set_by, key_id = excluded.key_id, sealed = excluded.sealed
      returning *)
    select row_to_json(v)::text as json, v.id = ${id}::uuid as created from (select ${shown(sql, key_id)} from kept) v`;
  return row;
}

interface Page {
  readonly name?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Sources by name, as the text of a JSON array. */
export async function listSources(sql: Sql, keyId: string | undefined, { name, limit, offset }: Page): Promise<string> {
  const which = name === undefined ? sql`true` : sql`name = ${name}`;
  const [row] = await sql<[{ json: string }]>`
    select coalesce(json_agg(v), '[]')::text as json
    from (select ${shown(sql, keyId)} from source where ${which} order by name limit ${limit} offset ${offset}) v`;
  return row.json;
}

/** Sources whose URLs were encrypted with another key than this one, the first few of them by name. */
export async function readOtherwiseKeyed(sql: Sql, keyId: string | undefined): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`select name from source where key_id is distinct from ${keyId ?? null}::text order by name limit 10`;
  return rows.map(({ name }) => name);
}

/** What is kept of a source, encrypted. */
export async function readSealed(sql: Sql, name: string): Promise<Sealed | undefined> {
  const [row] = await sql<Sealed[]>`select key_id, sealed from source where name = ${name}`;
  return row;
}

/** The name of the source that was removed; undefined when it was not there. */
export async function deleteSource(sql: Sql, id: string): Promise<string | undefined> {
  const [row] = await sql<{ name: string }[]>`delete from source where id = ${id} returning name`;
  return row?.name;
}

/** Whether this is the run's last lease, and it has not ended: whoever has lost it is given nothing. */
export async function holdsLease(sql: Sql, flowRunId: string, epoch: number): Promise<boolean> {
  const rows = await sql`
    select from flow_run_lease where flow_run_id = ${flowRunId} and epoch = ${epoch} and (expires_at is null or expires_at > clock_timestamp())`;
  return rows.length > 0;
}

/** Whether a run names the source: in its deployment, or as its parameter `source` or `warehouse`. A run's own variables name none. */
export async function namesSource(sql: Sql, flowRunId: string, name: string): Promise<boolean> {
  const rows = await sql`
    select from flow_run r left join deployment d on d.id = r.deployment_id
    where r.id = ${flowRunId}
      and (r.parameters ->> 'source' = ${name} or r.parameters ->> 'warehouse' = ${name}
        or (d.job_variables -> 'sources')::jsonb @> jsonb_build_array(${name}::text))`;
  return rows.length > 0;
}
