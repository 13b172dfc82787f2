import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Deployment } from '@sluice/core/model/deployment';
import { type DeploymentConfig, type DeployTarget, deployFlow, findEntrypoint } from '@sluice/sdk';
import { findConfigFile } from './find/config-file.ts';
import { readWorkPool } from './find/work-pool.ts';
import { loadConfig } from './load-config.ts';

interface Project {
  /** Where its configuration is looked for. */
  readonly root: string;
  /** Work pool of deployments that name none. */
  readonly pool: string;
  /** The configuration itself, when it is known. */
  readonly config?: string | undefined;
}

/** Makes the deployments of a project, one after the other, and says each; none, when one of them cannot be made. */
export async function deployProject(
  client: Client,
  { root: from, pool, config: named }: Project,
  say: (text: string) => void,
): Promise<Deployment[]> {
  const { root, config, file } = await loadConfig(named ?? findConfigFile(from));
  if (config.deployments.length === 0) {
    throw new SluiceError('ENTRYPOINT_INVALID', `${file} lists no deployments.`, { hint: 'Add one: deploy(myFlow, { name: "mine" }).' });
  }
  await checkDeployments(client, config.deployments, { root, pool });
  say('🚀 Deploying flows to work pool...');
  const deployed: Deployment[] = [];
  for (const deployment of config.deployments) {
    deployed.push(await deployFlow(client, deployment, { root, pool }));
    say(`✅ Deployed: ${deployment.flow.flowName}`);
  }
  say('\n🎉 All deployments created successfully!');
  return deployed;
}

async function checkDeployments(client: Client, deployments: readonly DeploymentConfig[], { root, pool }: DeployTarget): Promise<void> {
  for (const deployment of deployments) await findEntrypoint(deployment, root);
  const pools = new Set(deployments.map(({ options }) => options.pool ?? pool));
  for (const name of pools) await readWorkPool(client, name);
}
