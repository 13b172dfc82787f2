import type { ArtifactCreate, ArtifactUpdate } from '@sluice/core/model/artifact';
import type { Sql } from '../db/database.ts';
import { type Columns, insertRow, updateRow } from './rows.ts';

const COLUMNS: Columns = {
  key: 'text',
  type: 'text',
  description: 'text',
  data: 'json',
  metadata_: 'json',
  flow_run_id: 'uuid',
  task_run_id: 'uuid',
};

/** In a transaction: the artifact is the newest of its key from then on. */
export async function insertArtifact(tx: Sql, ids: { artifact: string; collection: string }, artifact: ArtifactCreate): Promise<void> {
  await insertRow(tx, 'artifact', COLUMNS, ids.artifact, artifact);
  if (artifact.key == null) return;
  await tx`
    insert into artifact_collection (id, created, updated, key, latest_id)
    values (${ids.collection}, now(), now(), ${artifact.key}, ${ids.artifact})
    on conflict (key) do update set latest_id = excluded.latest_id, updated = now()`;
}

/** In a transaction: the collection of its key tells when it was changed. */
export async function updateArtifact(tx: Sql, id: string, change: ArtifactUpdate): Promise<boolean> {
  await tx`update artifact_collection set updated = now() where latest_id = ${id}`;
  return updateRow(tx, 'artifact', COLUMNS, { id }, change);
}

/** In a transaction: the one before becomes the newest of its key, and a key without any is gone. */
export async function deleteArtifact(tx: Sql, id: string): Promise<boolean> {
  // The row of its key is locked first, as by those who add to the key: one that is not the newest may be about to become it.
  await tx`select from artifact_collection where key = (select key from artifact where id = ${id}) for update`;
  const [latest] = await tx<{ key: string }[]>`select key from artifact_collection where latest_id = ${id}`;
  if (latest) {
    await tx`
      update artifact_collection c set latest_id = a.id, updated = now()
      from (select id from artifact where key = ${latest.key} and id <> ${id} order by created desc, id desc limit 1) a where c.key = ${latest.key}`;
    await tx`delete from artifact_collection where latest_id = ${id}`;
  }
  const { count } = await tx`delete from artifact where id = ${id}`;
  return count > 0;
}
