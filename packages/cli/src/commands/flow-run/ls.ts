import type { Client } from '@sluice/client';
import { STATE_TYPES } from '@sluice/core/model/state-type';
import { readDeployment } from '../../find/deployment.ts';
import { flowNames } from '../../find/flow-names.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { listUpTo } from '../../find/list-up-to.ts';
import { expectStateNames } from '../../find/state-names.ts';
import { readWorkPool } from '../../find/work-pool.ts';
import { defineCommand } from '../../program/define-command.ts';
import { choices, list, moment, output, text, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { flowRunColumns } from '../../render/flow-run-columns.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: {
    flowNames: list('--flow-name <name>', 'Only runs of this flow; may be given more than once'),
    deployments: list('--deployment <flow/deployment>', 'Only runs of this deployment; may be given more than once'),
    pools: list('-p, --pool <name>', 'Only runs in this work pool; may be given more than once'),
    tags: list('--tag <tag>', 'Only runs with this tag; given more than once, with all of them'),
    parent: text('--parent <run>', 'Only runs that this flow run has started'),
    states: list('--state <name>', 'Only runs in the state of this name, such as Late; may be given more than once'),
    types: choices('--state-type <type>', 'Only runs in a state of this type', STATE_TYPES),
    after: moment('--after <time>', 'Only runs that started, or are to start, after this time: 2h (ago), or 2026-11-24T10:00:00Z'),
    before: moment('--before <time>', 'Only runs that started, or are to start, before this time'),
    limit: whole('--limit <number>', 'At most so many', 15),
    output,
  },
  examples: [
    'sluice flow-run ls',
    'sluice flow-run ls --flow-name process-table-etl --state-type RUNNING',
    'sluice flow-run ls --deployment main-etl-job/main-etl-deployment --after 2h',
    'sluice flow-run ls --parent brave-otter --state Failed',
    'sluice flow-run ls --limit 1000 -o jsonl',
  ],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const filter = await toFilter(client, options);
      const runs = await listUpTo(options.limit, (page) =>
        client.request('POST /flow_runs/filter', { body: { ...filter, ...page, sort: 'EXPECTED_START_TIME_DESC' } }),
      );
      await printList(runs, flowRunColumns(await flowNames(client, runs)), options.output);
    }),
});

interface Asked {
  readonly flowNames: readonly string[];
  readonly deployments: readonly string[];
  readonly pools: readonly string[];
  readonly tags: readonly string[];
  readonly parent: string | undefined;
  readonly states: readonly string[];
  readonly types: readonly (typeof STATE_TYPES)[number][];
  readonly after: string | undefined;
  readonly before: string | undefined;
}

/** Whatever is named must be there: a list without the runs of a name that was mistyped would look like an answer. */
async function toFilter(client: Client, asked: Asked) {
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
      ...(parent && { parent_flow_run_id: { any_: [parent.id] } }),
      ...(Object.keys(expected_start_time).length > 0 && { expected_start_time }),
    },
    ...(asked.flowNames.length > 0 && { flows: { name: { any_: asked.flowNames } } }),
    ...(pools.length > 0 && { work_pools: { id: { any_: pools.map(({ id }) => id) } } }),
  };
}
