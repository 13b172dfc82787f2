import type { RouteInput } from '@sluice/core/api/routes';
import { readNamedDeployment } from '../find/deployment.ts';
import { argument, type Globals } from '../program/define-command.ts';
import type { Format } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { reportChange } from './report-change.ts';

/** The argument of all commands that change a deployment. */
export const deploymentName = argument('<flow/deployment>', 'The deployment');

interface Change {
  readonly name: string;
  readonly output: Format | undefined;
  readonly body: RouteInput<'PATCH /deployments/{id}'>['body'];
  /** What was done, with the deployment's whole name. */
  done(name: string): string;
}

/** Changes a deployment and says what it is now. */
export const changeDeployment = (globals: Globals, { name: ref, output, body, done }: Change): Promise<void> =>
  withClient(globals, async (client) => {
    const { deployment, name } = await readNamedDeployment(client, ref);
    const params = { id: deployment.id };
    await client.request('PATCH /deployments/{id}', { params, body });
    await reportChange(output, done(name), () => client.request('GET /deployments/{id}', { params }));
  });
