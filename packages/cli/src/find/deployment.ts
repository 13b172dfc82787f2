import { type Client, findDeployment, pageAll } from '@sluice/client';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { Deployment } from '@sluice/core/model/deployment';
import { flowNames } from './flow-names.ts';
import { notFound } from './or-nearest.ts';

export interface NamedDeployment {
  readonly deployment: Deployment;
  /** `flow/deployment`. */
  readonly name: string;
}

export async function listDeployments(client: Client, sort: 'NAME_ASC' | 'CREATED_DESC' = 'NAME_ASC'): Promise<NamedDeployment[]> {
  const deployments = await pageAll((page) => client.request('POST /deployments/filter', { body: { ...page, sort } }));
  const flows = await flowNames(client, deployments);
  return deployments.map((deployment) => ({ deployment, name: `${flows.get(deployment.flow_id) ?? '?'}/${deployment.name}` }));
}

/** A deployment by `flow/deployment`, or by its own name when only one has it. */
export async function readDeployment(client: Client, name: string): Promise<Deployment> {
  const wanted = { noun: 'deployment', name, listed: 'sluice deployment ls', hint: 'sluice deploy makes them.' };
  if (!name.includes('/')) {
    const all = await listDeployments(client);
    const [only, ...others] = all.filter(({ deployment }) => deployment.name === name);
    if (only && others.length === 0) return only.deployment;
    throw notFound(
      wanted,
      all.flatMap((each) => (each.deployment.name === name ? [each.name] : [each.name, each.deployment.name])),
    );
  }
  try {
    return await findDeployment(client, name);
  } catch (error) {
    if (!isSluiceError(error) || error.code !== 'NOT_FOUND') throw error;
    throw notFound(
      wanted,
      (await listDeployments(client)).map((each) => each.name),
    );
  }
}

/** The same, with its whole name. */
export async function readNamedDeployment(client: Client, ref: string): Promise<NamedDeployment> {
  return withName(client, await readDeployment(client, ref));
}

/** A deployment by its id. */
export async function readDeploymentById(client: Client, id: string): Promise<NamedDeployment> {
  return withName(client, await client.request('GET /deployments/{id}', { params: { id } }));
}

async function withName(client: Client, deployment: Deployment): Promise<NamedDeployment> {
  const flows = await flowNames(client, [deployment]);
  return { deployment, name: `${flows.get(deployment.flow_id) ?? '?'}/${deployment.name}` };
}
