import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { codeLanguage } from '@sluice/core/process/code-language';
import { findFlowRun } from '../../find/flow-run.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { useApiUrl } from '../../program/use-api-url.ts';
import { withClient } from '../../program/with-client.ts';
import { endAs } from '../../project/end-as.ts';
import { sdkOf } from '../../project/project-sdk.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  examples: ['sluice flow-run execute brave-otter'],
  run: ({ args, globals }) =>
    withClient(globals, async (client, { home, bundle_cache_mb: bundleCacheMb }) => {
      const { id, name, deployment_id, bundle, job_variables } = await findFlowRun(client, args.run, { only: true });
      const nothing = (why: string, hint: string) => new SluiceError('CONFLICT', `The flow run '${name}' cannot be run here: ${why}.`, { hint });
      if (deployment_id === null) throw nothing('it has no deployment, which says where its code is', 'Only runs of deployments can be executed.');
      const deployment = await client.request('GET /deployments/{id}', { params: { id: deployment_id } });
      if (codeLanguage(deployment.entrypoint) === 'python') throw nothing('its code is Python', `Run it with: prefect flow-run execute ${id}`);
      const { CodeFinder, codeOfDeployment, jobVariables } = await import('@sluice/worker/bundles');
      const wanted = codeOfDeployment({ ...deployment, bundle: bundle ?? null }, jobVariables(deployment.job_variables, job_variables));
      if (typeof wanted === 'string') throw nothing(wanted.replace(/\.$/, ''), 'Deploy it with: sluice deploy');
      const { code, release } = await new CodeFinder({ client, bundles: join(home, 'bundles'), bundleCacheMb }).find(wanted);
      useApiUrl(globals);
      Object.assign(process.env, code.env);
      const { executeFlowRun } = await sdkOf(join(code.path, 'package.json'));
      await executeFlowRun(id, code).finally(release);
      return endAs(await client.request('GET /flow_runs/{id}', { params: { id } }));
    }),
});
