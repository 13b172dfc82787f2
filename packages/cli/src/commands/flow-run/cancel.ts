import type { Client } from '@sluice/client';
import { EXIT } from '@sluice/core/errors/catalog';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { actOnAll, type BulkAct, BY_FILTER, isByFilter, setStates } from '../../change/flow-runs.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { OPEN_STATES } from '../../find/state-names.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { type Format, output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { say, tell } from '../../render/message.ts';
import { isJson, printList } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { runs: argument('[run...]', 'Ids or names of flow runs; or choose them by options') },
  options: { ...BY_FILTER, output },
  examples: ['sluice flow-run cancel brave-otter', 'sluice flow-run cancel --tag nightly --dry-run', 'sluice flow-run cancel --state Late --yes'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      if (isByFilter(args.runs.length > 0, options)) return actOnAll(client, options, CANCEL);
      // All are looked up first: a wrong name cancels nothing.
      const runs: FlowRun[] = [];
      for (const ref of args.runs) runs.push(await findFlowRun(client, ref, { only: true }));
      let refused = false;
      for (const run of runs) refused = !(await cancel(client, run, options.output)) || refused;
      if (isJson(options.output)) await printList(await Promise.all(runs.map(({ id }) => findFlowRun(client, id))), [], options.output);
      return refused ? EXIT.failed : EXIT.ok;
    }),
});

const CANCELLING = { type: 'CANCELLING', name: 'Cancelling' } as const;

const CANCEL: BulkAct = {
  verb: 'Cancel',
  done: 'Cancelled, or told to stop,',
  types: OPEN_STATES.filter((type) => type !== 'CANCELLING'),
  act: (client, body) => setStates(client, body, CANCELLING),
};

/** Whether the run ends now. One with a process has time to stop; one without is CANCELLED at once. */
async function cancel(client: Client, { id, name }: FlowRun, format: Format | undefined): Promise<boolean> {
  const { status, state: now, details } = await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: CANCELLING } });
  if (status === 'ABORT' || status === 'WAIT') {
    tell(`'${name}' cannot be cancelled: ${details.reason ?? now?.name}`);
    return false;
  }
  if (isJson(format)) return true;
  say(now?.type === 'CANCELLED' ? `Cancelled '${name}'.` : `'${name}' is stopping. Follow it with: sluice flow-run watch ${id}`);
  return true;
}
