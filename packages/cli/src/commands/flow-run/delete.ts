import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isActive, STATE_TYPES } from '@sluice/core/model/state-type';
import { deleteRecords } from '../../change/delete-records.ts';
import { actOnAll, type BulkAct, BY_FILTER, isByFilter } from '../../change/flow-runs.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

const WARNING = 'Task runs, results and logs go too.';

const DELETE: BulkAct = {
  verb: 'Delete',
  done: 'Deleted',
  warning: WARNING,
  types: STATE_TYPES.filter((type) => !isActive(type)),
  act: async (client, body) => {
    const { deleted, refused, next } = await client.request('POST /flow_runs/bulk_delete', { body });
    return { results: deleted.map((flow_run_id) => ({ flow_run_id })), refused: refused.map(({ reason }) => reason), next };
  },
};

export const command = defineCommand({
  arguments: { runs: argument('[run...]', 'Ids or names of flow runs; or choose them by options') },
  options: { ...BY_FILTER, output },
  examples: ['sluice flow-run delete brave-otter', 'sluice flow-run delete --state-type CANCELLED --before 30d --yes'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      if (isByFilter(args.runs.length > 0, options)) return actOnAll(client, options, DELETE);
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
        warning: WARNING,
        name: ({ name, id }) => `flow run '${name}' (${id})`,
        remove: ({ id }) => client.request('DELETE /flow_runs/{id}', { params: { id } }),
      });
      return undefined;
    }),
});
