import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Deployment } from '@sluice/core/model/deployment';
import { deployFlow } from '@sluice/sdk';
import { findConfigFile } from './find/config-file.ts';
import { loadConfig } from './load-config.ts';

interface Project {
  /** Where its configuration is looked for. */
  readonly root: string;
  /** Work pool of deployments that name none. */
  readonly pool: string;
  /** The configuration itself, when it is known. */
  readonly config?: string | undefined;
}

/** Makes the deployments of a project, one after the other, and says each. */
export async function deployProject(
  client: Client,
  { root: from, pool, config: named }: Project,
  say: (text: string) => void,
): Promise<Deployment[]> {
  const { root, config, file } = await loadConfig(named ?? findConfigFile(from));
  if (config.deployments.length === 0) {
    throw new SluiceError('ENTRYPOINT_INVALID', `${file} lists no deployments.`, { hint: 'Add one: deploy(myFlow, { name: "mine" }).' });
  }
  say('🚀 Deploying flows to work pool...');
  const deployed: Deployment[] = [];
  for (const deployment of config.deployments) {
    deployed.push(await deployFlow(client, deployment, { root, pool }));
    say(`✅ Deployed: ${deployment.flow.flowName}`);
  }
  say('\n🎉 All deployments created successfully!');
  return deployed;
}
