import { z } from 'zod';
import { Artifact, ArtifactCollection, ArtifactCreate, ArtifactUpdate } from '../model/artifact.ts';
import { uuid } from '../model/common.ts';
import { artifactFilters, latestArtifactFilters, page, sort } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'artifacts';
const byId = z.object({ id: uuid });
const none = { ok: z.undefined(), status: 204 } as const;

export const artifactRoutes = {
  'POST /artifacts/': defineRoute({ summary: 'Create an artifact', tag, body: ArtifactCreate, ok: Artifact, status: 201 }),
  'GET /artifacts/{id}': defineRoute({ summary: 'Read an artifact', tag, params: byId, ok: Artifact }),
  'PATCH /artifacts/{id}': defineRoute({ summary: 'Change an artifact', tag, params: byId, body: ArtifactUpdate, ...none }),
  'DELETE /artifacts/{id}': defineRoute({ summary: 'Delete an artifact', tag, params: byId, ...none }),
  'GET /artifacts/{key}/latest': defineRoute({
    summary: 'Read the newest artifact of a key',
    tag,
    params: z.object({ key: z.string() }),
    ok: ArtifactCollection,
  }),
  'POST /artifacts/filter': defineRoute({
    summary: 'List artifacts',
    tag,
    body: z.strictObject({ ...artifactFilters, sort: sort('artifact', 'ID_DESC'), ...page }).prefault({}),
    ok: z.array(Artifact),
  }),
  'POST /artifacts/count': defineRoute({ summary: 'Count artifacts', tag, body: z.strictObject(artifactFilters).prefault({}), ok: z.int() }),
  'POST /artifacts/latest/filter': defineRoute({
    summary: 'List the newest artifact of each key',
    tag,
    body: z.strictObject({ ...latestArtifactFilters, sort: sort('artifact_collection', 'ID_DESC'), ...page }).prefault({}),
    ok: z.array(ArtifactCollection),
  }),
  'POST /artifacts/latest/count': defineRoute({
    summary: 'Count the keys of artifacts',
    tag,
    body: z.strictObject(latestArtifactFilters).prefault({}),
    ok: z.int(),
  }),
};
