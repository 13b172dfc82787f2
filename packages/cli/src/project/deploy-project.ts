import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Deployment } from '@sluice/core/model/deployment';
import { type DeploymentConfig, type DeployTarget, makeDeployment, type PlannedDeployment, planDeployment } from '@sluice/sdk';
import { findConfigFile } from '../find/config-file.ts';
import { readWorkPool } from '../find/work-pool.ts';
import { expectPacked, type PackOptions, packAround, packedText, storeBundle } from './bundle.ts';
import { loadConfig } from './load-config.ts';

interface Project {
  /** Where its configuration is looked for. */
  readonly root: string;
  /** Work pool of deployments that name none. */
  readonly pool: string;
  /** The configuration itself, when it is known. */
  readonly config?: string | undefined;
  /** How it is packed; undefined: its code stays where it is. */
  readonly pack: PackOptions | undefined;
}

/** Makes the deployments of a project, one after the other, and says each; none, when one of them cannot be made. */
export async function deployProject(
  client: Client,
  { root: from, pool, config: named, pack }: Project,
  say: (text: string) => void,
): Promise<Deployment[]> {
  const { root, config, file } = await loadConfig(named ?? findConfigFile(from));
  if (config.deployments.length === 0) {
    throw new SluiceError('ENTRYPOINT_INVALID', `${file} lists no deployments.`, { hint: 'Add one: deploy(myFlow, { name: "mine" }).' });
  }
  const packed = pack && (await client.capabilities()).ourRoutes ? await packAround(root, pack) : undefined;
  const bundle = packed && { name: packed.name, folder: packed.folder };
  const planned = await planDeployments(client, config.deployments, { root, pool, ...(bundle && { bundle }) });
  if (packed) {
    expectPacked(packed, planned);
    await storeBundle(client, packed);
    say(`📦 ${packedText(packed)}`);
  }
  say('🚀 Deploying flows to work pool...');
  const deployed: Deployment[] = [];
  for (const each of planned) {
    deployed.push(await makeDeployment(client, each));
    say(`✅ Deployed: ${each.flow.name}`);
  }
  say('\n🎉 All deployments created successfully!');
  return deployed;
}

/** All that can be wrong with them is found before the first is made. */
async function planDeployments(client: Client, deployments: readonly DeploymentConfig[], target: DeployTarget): Promise<PlannedDeployment[]> {
  const planned: PlannedDeployment[] = [];
  for (const deployment of deployments) planned.push(await planDeployment(deployment, target));
  const names = planned.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new SluiceError('USAGE', `The deployment "${twice}" appears twice in the configuration: the second would replace the first.`, {
      hint: 'Nothing was deployed. Give one of them another name.',
    });
  }
  const pools = new Set(planned.map(({ deployment }) => deployment.work_pool_name ?? target.pool));
  for (const name of pools) await readWorkPool(client, name);
  return planned;
}
