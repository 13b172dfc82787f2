import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { isArtifactOf } from './is-about.ts';
import { question } from './query.ts';

export type Artifact = RouteOutput<'GET /artifacts/{id}'>;
export type ArtifactCollection = RouteOutput<'GET /artifacts/{key}/latest'>;
type Filter = NonNullable<RouteInput<'POST /artifacts/filter'>['body']>;

type LatestFilter = NonNullable<RouteInput<'POST /artifacts/latest/filter'>['body']>;

/** What a run has kept as its results is no artifact for people. */
export const FOR_PEOPLE = { type: { not_any_: ['result'] } };

/** A run may tell how far it is as often as it likes. */
const ARTIFACT_GAP_MS = 1000;

export const artifacts = {
  /** The newest of each key. */
  latest: (body: LatestFilter) => question(['artifact'], 'POST /artifacts/latest/filter', { body }),
  /** What a run shows to people, the newest first. */
  ofRun: (id: string) => {
    const body: Filter = { artifacts: { flow_run_id: { any_: [id] }, ...FOR_PEOPLE } };
    const asked = question(['artifact'], 'POST /artifacts/filter', { body }, isArtifactOf(id));
    return { ...asked, meta: { ...asked.meta, gap: ARTIFACT_GAP_MS } };
  },
};
