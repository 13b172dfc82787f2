import type { Client } from '@sluice/client';
import type { RouteInput } from '@sluice/core/api/routes';
import { readNamedDeployment } from '../find/deployment.ts';
import { argument, type Globals } from '../program/define-command.ts';
import type { Format } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { reportChange } from './report-change.ts';

/** The argument of all commands that change a deployment. */
export const deploymentName = argument('<flow/deployment>', 'The deployment');

type Body = RouteInput<'PATCH /deployments/{id}'>['body'];

interface Change {
  readonly name: string;
  readonly output: Format | undefined;
  /** What was done, with the deployment's whole name. */
  done(name: string): string;
}

/** Changes a deployment and says what it is now. */
export const changeDeployment = (globals: Globals, { body, ...change }: Change & { readonly body: Body }): Promise<void> =>
  withDeployment(globals, change, (client, params) => client.request('PATCH /deployments/{id}', { params, body }));

type Switch = 'POST /deployments/{id}/pause_deployment' | 'POST /deployments/{id}/resume_deployment';

/** Pauses a deployment or lets it go on, by the route that also sees to the runs that its schedules have made. */
export const switchDeployment = (globals: Globals, { route, ...change }: Change & { readonly route: Switch }): Promise<void> =>
  withDeployment(globals, change, (client, params) => client.request(route, { params }));

const withDeployment = (globals: Globals, { name: ref, output, done }: Change, work: (client: Client, params: { id: string }) => Promise<unknown>) =>
  withClient(globals, async (client) => {
    const { deployment, name } = await readNamedDeployment(client, ref);
    const params = { id: deployment.id };
    await work(client, params);
    await reportChange(output, done(name), () => client.request('GET /deployments/{id}', { params }));
  });
