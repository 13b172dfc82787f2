import { findFlowRun } from '../../find/flow-run.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output, whole } from '../../program/options.ts';
import { WATCH_PATIENCE, withClient } from '../../program/with-client.ts';
import { followFlowRun } from '../../watch/follow-flow-run.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  options: { timeout: whole('--timeout <seconds>', 'Stop following after this time, with exit code 124', undefined), output },
  examples: ['sluice flow-run watch brave-otter', 'sluice flow-run watch brave-otter --timeout 600 && echo done'],
  run: async ({ args, options: { timeout, output: format }, globals }) => {
    // A server that is away is reported at once; one that goes away while a run is followed is waited for.
    const { id } = await withClient(globals, (client) => findFlowRun(client, args.run));
    return withClient(globals, (client) => followFlowRun(client, id, { timeoutSeconds: timeout, format }), { patienceSeconds: WATCH_PATIENCE });
  },
});
