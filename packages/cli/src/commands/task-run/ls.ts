import { STATE_TYPES } from '@sluice/core/model/state-type';
import { findFlowRun } from '../../find/flow-run.ts';
import { listUpTo } from '../../find/list-up-to.ts';
import { expectStateNames } from '../../find/state-names.ts';
import { defineCommand } from '../../program/define-command.ts';
import { choices, list, output, text, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { printList } from '../../render/print.ts';
import { TASK_RUN_COLUMNS } from '../../render/task-run-columns.ts';

export const command = defineCommand({
  options: {
    flowRun: text('--flow-run <run>', 'Only task runs of this flow run'),
    names: list('--task-run-name <name>', 'Only task runs of this name; can be given more than once'),
    tags: list('--tag <tag>', 'Only task runs with this tag; given more than once, only those with all of them'),
    states: list('--state <name>', 'Only task runs in the state of this name; can be given more than once'),
    types: choices('--state-type <type>', 'Only task runs in a state of this type', STATE_TYPES),
    limit: whole('--limit <number>', 'Show at most this many', 15),
    output,
  },
  examples: ['sluice task-run ls --flow-run brave-otter', 'sluice task-run ls --state-type FAILED --limit 100 -o jsonl'],
  run: ({ options: { flowRun, names, tags, states, types, limit, output: format }, globals }) =>
    withClient(globals, async (client) => {
      const state = {
        ...(states.length > 0 && { name: { any_: await expectStateNames(client, 'task_runs', states) } }),
        ...(types.length > 0 && { type: { any_: types } }),
      };
      const task_runs = {
        state,
        ...(names.length > 0 && { name: { any_: names } }),
        ...(tags.length > 0 && { tags: { all_: tags } }),
        ...(flowRun !== undefined && { flow_run_id: { any_: [(await findFlowRun(client, flowRun)).id] } }),
      };
      const runs = await listUpTo(limit, (page) => client.request('POST /task_runs/filter', { body: { task_runs, ...page, sort: 'ID_DESC' } }));
      await printList(runs, TASK_RUN_COLUMNS, format);
    }),
});
