import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question, UNTOLD, WATCHED } from './query.ts';

export type Artifact = RouteOutput<'GET /artifacts/{id}'>;
export type ArtifactCollection = RouteOutput<'GET /artifacts/{key}/latest'>;
type Filter = NonNullable<RouteInput<'POST /artifacts/filter'>['body']>;

type LatestFilter = NonNullable<RouteInput<'POST /artifacts/latest/filter'>['body']>;

export const artifacts = {
  /** The newest of each key. */
  latest: (body: LatestFilter) => ({ ...question([], 'POST /artifacts/latest/filter', { body }), ...UNTOLD }),
  /** While a run goes on it may change what it shows, and nothing tells of that. */
  list: (body: Filter) => ({ ...question([], 'POST /artifacts/filter', { body }), ...WATCHED }),
};

/** What a run has kept as its results is no artifact for people. */
export const FOR_PEOPLE = { type: { not_any_: ['result'] } };
