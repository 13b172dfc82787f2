import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import { findFlowRun } from '../find/flow-run.ts';
import { argument, defineCommand } from '../program/define-command.ts';
import { output } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { say } from '../render/message.ts';
import { isJson } from '../render/print.ts';

const FLOW = 'main-etl-job';

async function newest(client: Client): Promise<FlowRun> {
  const body = { flows: { name: { any_: [FLOW] } }, sort: 'ID_DESC' as const, limit: 1 };
  const [main] = await client.request('POST /flow_runs/filter', { body });
  if (main) return main;
  throw new SluiceError('NOT_FOUND', `No flow run of ${FLOW} is at the server.`, { hint: 'Start one: sluice etl' });
}

export const command = defineCommand({
  arguments: { run: argument('[run]', 'Id or name of the flow run of a job; the newest when left out') },
  options: { output },
  examples: ['sluice report', 'sluice report brave-otter -o json'],
  run: ({ args, options: { output: format }, globals }) =>
    withClient(globals, async (client, { home }) => {
      const main = args.run === undefined ? await newest(client) : await findFlowRun(client, args.run);
      if (!isFinal(main.state_type)) {
        throw new SluiceError('NOT_FOUND', `The job ${main.name} is ${main.state_name}: its report is written at its end.`, {
          hint: `Follow it: sluice flow-run watch ${main.name}`,
        });
      }
      const [{ readReport }, { toSummary }, { exitCodeOf }] = await Promise.all([
        import('../etl/read-report.ts'),
        import('../etl/summary.ts'),
        import('@sluice/etl'),
      ]);
      const report = await readReport(client, home, main);
      say(isJson(format) ? JSON.stringify(report, null, 2) : toSummary(report, { home, seconds: main.total_run_time }));
      return exitCodeOf(report);
    }),
});
