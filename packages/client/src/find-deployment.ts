import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import type { Deployment } from '@sluice/core/model/deployment';
import type { Client } from './client-over.ts';

/** A deployment by `flow/deployment`; an unknown one is an error that names those there are. */
export async function findDeployment(client: Client, name: string): Promise<Deployment> {
  const [flow_name, deployment_name] = name.split('/', 2);
  if (!flow_name || !deployment_name) {
    throw new SluiceError('USAGE', `"${name}" is not the name of a deployment.`, {
      hint: 'Write it as flow/deployment; sluice deployment ls lists them.',
    });
  }
  try {
    return await client.request('GET /deployments/name/{flow_name}/{deployment_name}', { params: { flow_name, deployment_name } });
  } catch (error) {
    if (!isSluiceError(error) || error.code !== 'NOT_FOUND') throw error;
    throw new SluiceError('NOT_FOUND', `There is no deployment "${name}".`, {
      hint: 'sluice deployment ls lists those there are; sluice deploy makes them.',
      cause: error,
    });
  }
}
