import { flowNames } from '../../find/flow-names.ts';
import { FLOW_RUN_FILTER, toFlowRunFilter } from '../../find/flow-run-filter.ts';
import { listUpTo } from '../../find/list-up-to.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { flowRunColumns } from '../../render/flow-run-columns.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: {
    ...FLOW_RUN_FILTER,
    limit: whole('--limit <number>', 'Show at most this many', 15),
    output,
  },
  examples: [
    'sluice flow-run ls',
    'sluice flow-run ls --flow-name process-table-etl --state-type RUNNING',
    'sluice flow-run ls --deployment main-etl-job/main-etl-deployment --after 2h',
    'sluice flow-run ls --name otter',
    'sluice flow-run ls --parent brave-otter --state Failed',
    'sluice flow-run ls --limit 1000 -o jsonl',
  ],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const filter = await toFlowRunFilter(client, options);
      const runs = await listUpTo(options.limit, (page) =>
        client.request('POST /flow_runs/filter', { body: { ...filter, ...page, sort: 'EXPECTED_START_TIME_DESC' } }),
      );
      await printList(runs, flowRunColumns(await flowNames(client, runs)), options.output);
    }),
});
