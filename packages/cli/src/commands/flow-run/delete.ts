import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isActive } from '@sluice/core/model/state-type';
import { deleteRecords, yes } from '../../change/delete-records.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { runs: argument('<run...>', 'Ids or names of flow runs') },
  options: { yes, output },
  examples: ['sluice flow-run delete brave-otter', 'sluice flow-run ls --state-type CANCELLED | cut -f1 | xargs sluice flow-run delete --yes'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const records: FlowRun[] = [];
      for (const ref of args.runs) records.push(await findFlowRun(client, ref, { only: true }));
      const active = records.find(({ state_type }) => isActive(state_type));
      if (active) {
        throw new SluiceError('CONFLICT', `'${active.name}' is ${active.state_name}: a run that has a process cannot be deleted.`, {
          hint: `End it first: sluice flow-run cancel ${active.id}`,
        });
      }
      await deleteRecords({
        records,
        options,
        warning: 'Task runs, results and logs go too.',
        name: ({ name, id }) => `flow run '${name}' (${id})`,
        remove: ({ id }) => client.request('DELETE /flow_runs/{id}', { params: { id } }),
      });
    }),
});
