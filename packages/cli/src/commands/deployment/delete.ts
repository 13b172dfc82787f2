import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { deleteRecords, yes } from '../../change/delete-records.ts';
import { listDeployments, type NamedDeployment, readDeploymentById, readNamedDeployment } from '../../find/deployment.ts';
import { OPEN_STATES } from '../../find/state-names.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { flag, output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { tell } from '../../render/message.ts';

export const command = defineCommand({
  arguments: { names: argument('[flow/deployment...]', 'The deployments') },
  options: { id: text('--id <id>', 'The id of one instead'), all: flag('--all', 'Delete all deployments'), yes, output },
  examples: ['sluice deployment delete old-flow/old-deployment', 'sluice deployment delete old-flow/a old-flow/b --yes'],
  run: ({ args, options: { id, all, ...options }, globals }) =>
    withClient(globals, async (client) => {
      const ways = [args.names.length > 0, id !== undefined, all].filter(Boolean).length;
      if (ways !== 1) throw new SluiceError('USAGE', 'Give deployments, or the --id of one, or --all.', { hint: 'sluice deployment ls lists them.' });
      const found: NamedDeployment[] = all ? await listDeployments(client) : [];
      if (id !== undefined) found.push(await readDeploymentById(client, id));
      for (const name of args.names) found.push(await readNamedDeployment(client, name));
      if (found.length === 0) return tell('There are none.');
      const names = new Map(found.map(({ deployment, name }) => [deployment.id, name]));
      await deleteRecords({
        records: found.map(({ deployment }) => deployment),
        options,
        warning: await warningOf(client, [...names.keys()]),
        name: ({ id }) => `deployment "${names.get(id)}"`,
        remove: ({ id }) => client.request('DELETE /deployments/{id}', { params: { id } }),
      });
    }),
});

/** Runs keep what they have, but one that has not started cannot start without its deployment. */
async function warningOf(client: Client, ids: readonly string[]): Promise<string | undefined> {
  const flow_runs = { deployment_id: { any_: [...ids] }, state: { type: { any_: OPEN_STATES } } };
  const open = await client.request('POST /flow_runs/count', { body: { flow_runs } });
  return open === 0 ? undefined : `${open} of ${ids.length === 1 ? 'its' : 'their'} runs have not ended, and those that still wait can never start.`;
}
