import type { Client } from '@sluice/client';
import { STATE_TYPES } from '@sluice/core/model/state-type';
import { choices, list, moment, text } from '../program/options.ts';
import { readDeployment } from './deployment.ts';
import { findFlowRun } from './flow-run.ts';
import { expectStateNames } from './state-names.ts';
import { readWorkPool } from './work-pool.ts';

/** Which flow runs a command is about, for all commands that are about many. */
export const FLOW_RUN_FILTER = {
  flowNames: list('--flow-name <name>', 'Only runs of this flow; can be given more than once'),
  deployments: list('--deployment <flow/deployment>', 'Only runs of this deployment; can be given more than once'),
  pools: list('-p, --pool <name>', 'Only runs in this work pool; can be given more than once'),
  tags: list('--tag <tag>', 'Only runs with this tag; given more than once, only those with all of them'),
  name: text('--name <part>', 'Only runs with this part in their name'),
  parent: text('--parent <run>', 'Only runs that this flow run has started'),
  states: list('--state <name>', 'Only runs in the state of this name, such as Late; can be given more than once'),
  types: choices('--state-type <type>', 'Only runs in a state of this type', STATE_TYPES),
  after: moment('--after <time>', 'Only runs that started, or are to start, after this time: 2h (ago), or 2026-11-24T10:00:00Z'),
  before: moment('--before <time>', 'Only runs that started, or are to start, before this time'),
};

export interface AskedRuns {
  readonly flowNames: readonly string[];
  readonly deployments: readonly string[];
  readonly pools: readonly string[];
  readonly tags: readonly string[];
  readonly name: string | undefined;
  readonly parent: string | undefined;
  readonly states: readonly string[];
  readonly types: readonly (typeof STATE_TYPES)[number][];
  readonly after: string | undefined;
  readonly before: string | undefined;
}

/** Whether any of its options was typed. */
export const isFiltered = (asked: AskedRuns): boolean =>
  Object.keys(FLOW_RUN_FILTER).some((name) => asked[name as keyof AskedRuns] !== undefined && asked[name as keyof AskedRuns]?.length !== 0);

/** Whatever is named must be there: a list without the runs of a name that was mistyped would look like an answer. */
export async function toFlowRunFilter(client: Client, asked: AskedRuns) {
  const deployments = await Promise.all(asked.deployments.map((name) => readDeployment(client, name)));
  const pools = await Promise.all(asked.pools.map((name) => readWorkPool(client, name)));
  const parent = asked.parent === undefined ? undefined : await findFlowRun(client, asked.parent);
  const expected_start_time = { ...(asked.after && { after_: asked.after }), ...(asked.before && { before_: asked.before }) };
  return {
    flow_runs: {
      state: {
        ...(asked.states.length > 0 && { name: { any_: await expectStateNames(client, 'flow_runs', asked.states) } }),
        ...(asked.types.length > 0 && { type: { any_: asked.types } }),
      },
      ...(deployments.length > 0 && { deployment_id: { any_: deployments.map(({ id }) => id) } }),
      ...(asked.tags.length > 0 && { tags: { all_: asked.tags } }),
      ...(asked.name && { name: { like_: asked.name } }),
      ...(parent && { parent_flow_run_id: { any_: [parent.id] } }),
      ...(Object.keys(expected_start_time).length > 0 && { expected_start_time }),
    },
    ...(asked.flowNames.length > 0 && { flows: { name: { any_: asked.flowNames } } }),
    ...(pools.length > 0 && { work_pools: { id: { any_: pools.map(({ id }) => id) } } }),
  };
}
