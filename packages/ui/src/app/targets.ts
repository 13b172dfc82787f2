import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { artifacts, FOR_PEOPLE } from '../api/artifacts.ts';
import { automations } from '../api/automations.ts';
import { blocks } from '../api/blocks.ts';
import { deployments } from '../api/deployments.ts';
import { flowRuns } from '../api/flow-runs.ts';
import { flows } from '../api/flows.ts';
import { variables } from '../api/variables.ts';
import { workPools } from '../api/work-pools.ts';
import { PAGES } from './pages.ts';

/** Where one can go by a name. */
export interface Target {
  readonly kind: string;
  readonly name: string;
  /** An address of this page. */
  readonly to: string;
}

/** Of each kind. */
const MOST = 6;
const SHORTEST = 2;

/** What a part of a name may mean. */
export function useTargets(text: string): readonly Target[] {
  const name = { name: { like_: text } };
  const asked = { enabled: text.length >= SHORTEST, placeholderData: keepPreviousData };
  const found: readonly (readonly Target[] | undefined)[] = [
    useQuery({ ...flowRuns.list({ flow_runs: name, limit: MOST, sort: 'ID_DESC' }), ...asked }).data?.map(as('Run', '/runs')),
    useQuery({ ...deployments.list({ deployments: name, limit: MOST }), ...asked }).data?.map(as('Deployment', '/deployments')),
    useQuery({ ...flows.list({ flows: name, limit: MOST }), ...asked }).data?.map(as('Flow', '/flows')),
    useQuery({ ...workPools.list(), ...asked }).data?.map((pool) => byName('Work pool', '/work-pools', pool.name)),
    useQuery({ ...automations.list({ automations: name, limit: MOST }), ...asked }).data?.map(as('Automation', '/automations')),
    useQuery({ ...artifacts.latest({ artifacts: { ...FOR_PEOPLE, key: { like_: text } }, limit: MOST }), ...asked }).data?.map(({ key }) =>
      byName('Artifact', '/artifacts', key),
    ),
    useQuery({ ...variables.list({ variables: name, limit: MOST }), ...asked }).data?.map(({ id, name }) => ({
      kind: 'Variable',
      name,
      to: `/variables?edit=${id}`,
    })),
    useQuery({ ...blocks.list({ block_documents: name, limit: MOST }), ...asked }).data?.map(({ id, name, block_type_name: type }) => ({
      kind: type,
      name: name ?? '',
      to: `/blocks/${id}`,
    })),
  ];
  const pages = PAGES.map(({ title, path }) => ({ kind: 'Page', name: title, to: path }));
  if (text.length < SHORTEST) return pages;
  // What is kept of the question before may fit no more.
  return [...pages, ...found.flatMap((each) => each ?? [])].filter((target) => target.name.toLowerCase().includes(text.toLowerCase()));
}

const as =
  (kind: string, path: string) =>
  ({ id, name }: { readonly id: string; readonly name: string }): Target => ({ kind, name, to: `${path}/${id}` });

const byName = (kind: string, path: string, name: string): Target => ({ kind, name, to: `${path}/${encodeURIComponent(name)}` });
