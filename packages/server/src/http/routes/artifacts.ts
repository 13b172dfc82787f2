import { SORTS } from '@sluice/core/api/filter-table';
import { deleteArtifact, insertArtifact, updateArtifact } from '../../store/artifacts.ts';
import { compileFilters } from '../../store/filters.ts';
import { countRecords, listRecords, readRecord } from '../../store/records.ts';
import { expectFound, found } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /artifacts/${string}`>;

export const artifactHandlers = ({ database, database: { sql }, desk, newId }: Deps): Handlers<Keys> => {
  const all = (body: object) => compileFilters(sql, 'artifact', { ...body });
  /** Of the newest of each key, `artifacts` asks about the collection. */
  const latest = ({ artifacts, ...others }: { artifacts?: unknown }) =>
    compileFilters(sql, 'artifact_collection', { ...others, artifact_collections: artifacts });

  const tell = (id: string) => desk.publish({ records: { artifact: [id] } });

  return {
    'POST /artifacts/': async ({ body }) => {
      const ids = { artifact: newId(), collection: newId() };
      await database.transaction((tx) => insertArtifact(tx, ids, body));
      tell(ids.artifact);
      return found('Artifact', await readRecord(sql, 'artifact_view', { id: ids.artifact }));
    },
    'GET /artifacts/{id}': async ({ params }) => found('Artifact', await readRecord(sql, 'artifact_view', { id: params.id })),
    'PATCH /artifacts/{id}': async ({ params, body }) => {
      expectFound('Artifact', await database.transaction((tx) => updateArtifact(tx, params.id, body)));
      tell(params.id);
    },
    'DELETE /artifacts/{id}': async ({ params }) => {
      expectFound('Artifact', await database.transaction((tx) => deleteArtifact(tx, params.id)));
      tell(params.id);
    },
    'GET /artifacts/{key}/latest': async ({ params }) => found('Artifact', await readRecord(sql, 'artifact_collection_view', { key: params.key })),
    'POST /artifacts/filter': async ({ body }) =>
      new Reply(await listRecords(sql, 'artifact_view', { ...body, where: all(body), order: SORTS.artifact[body.sort] })),
    'POST /artifacts/count': async ({ body }) => countRecords(sql, 'artifact_view', all(body)),
    'POST /artifacts/latest/filter': async ({ body }) =>
      new Reply(await listRecords(sql, 'artifact_collection_view', { ...body, where: latest(body), order: SORTS.artifact_collection[body.sort] })),
    'POST /artifacts/latest/count': async ({ body }) => countRecords(sql, 'artifact_collection_view', latest(body)),
  };
};
