import { STATE_TYPES } from '@sluice/core/model/state-type';
import { defineCommand } from '../../define-command.ts';
import { flowNames } from '../../find/flow-names.ts';
import { listUpTo } from '../../list-up-to.ts';
import { choices, list, output, whole } from '../../options.ts';
import { flowRunColumns } from '../../render/flow-run-columns.ts';
import { printList } from '../../render/print.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  options: {
    flowNames: list('--flow-name <name>', 'Only runs of this flow; may be given more than once'),
    states: list('--state <name>', 'Only runs in the state of this name, such as Late; may be given more than once'),
    types: choices('--state-type <type>', 'Only runs in a state of this type', STATE_TYPES),
    limit: whole('--limit <number>', 'At most so many', 15),
    output,
  },
  examples: [
    'sluice flow-run ls',
    'sluice flow-run ls --flow-name process-table-etl --state-type RUNNING',
    'sluice flow-run ls --limit 1000 -o jsonl',
  ],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const state = {
        ...(options.states.length > 0 && { name: { any_: options.states } }),
        ...(options.types.length > 0 && { type: { any_: options.types } }),
      };
      const filter = {
        flow_runs: { state },
        ...(options.flowNames.length > 0 && { flows: { name: { any_: options.flowNames } } }),
      };
      const runs = await listUpTo(options.limit, (page) =>
        client.request('POST /flow_runs/filter', { body: { ...filter, ...page, sort: 'EXPECTED_START_TIME_DESC' } }),
      );
      await printList(runs, flowRunColumns(await flowNames(client, runs)), options.output);
    }),
});
