import { type Client, pageAll } from '@sluice/client';
import type { Artifact } from '@sluice/core/model/artifact';
import { called } from '../program/called.ts';
import { notFound } from './or-nearest.ts';

/** The artifacts of a key, the newest first, or an error that gives the nearest keys. */
export async function findArtifacts(client: Client, key: string, most = Number.POSITIVE_INFINITY): Promise<Artifact[]> {
  const artifacts = { key: { any_: [key] } };
  const sort = 'UPDATED_DESC';
  const found =
    most <= 200
      ? await client.request('POST /artifacts/filter', { body: { artifacts, sort, limit: most } })
      : await pageAll((page) => client.request('POST /artifacts/filter', { body: { artifacts, sort, ...page } }));
  if (found.length > 0) return found;
  const newest = await pageAll((page) => client.request('POST /artifacts/latest/filter', { body: page }));
  throw notFound(
    { noun: 'artifact', name: key, listed: called('artifact ls') },
    newest.map((each) => each.key),
  );
}
