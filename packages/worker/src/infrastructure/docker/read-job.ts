import type { ClaimedRun } from '@sluice/core/model/worker';
import { DOCKER_TEMPLATE, DockerJob, NOT_OF_RUNS } from '@sluice/core/process/docker-template';
import { faultOfTemplate, fillTemplate, templateDefaults } from '@sluice/core/process/job-template';
import type { JobVariables } from '../../job.ts';
import { Unmakeable } from './faults.ts';

type Values = Readonly<Record<string, unknown>>;

/** The job configuration of a run: its pool's template, with the variables of its deployment and, over those, its own. */
export function readJob(
  template: Values,
  { deployment, flow_run }: Pick<ClaimedRun, 'deployment' | 'flow_run'>,
  { env, memoryMb, cpu }: JobVariables,
): DockerJob {
  const used: Values = Object.keys(template).length === 0 ? DOCKER_TEMPLATE : template;
  const fault = faultOfTemplate(used);
  if (fault) throw new Unmakeable(`the base job template of its work pool cannot be used: ${fault}. Mend it: sluice work-pool update.`);
  const defaults = templateDefaults(used);
  const own = Object.fromEntries(Object.entries(flow_run.job_variables ?? {}).filter(([name]) => !NOT_OF_RUNS.includes(name)));
  const merged: Values = { ...defaults, ...deployment?.job_variables, ...own };
  const values = {
    ...merged,
    env: { ...(defaults['env'] as Values | undefined), ...env },
    // What a deployment says for any kind of place counts where it says nothing for this one.
    mem_limit: merged['mem_limit'] ?? (memoryMb === undefined ? undefined : `${memoryMb}m`),
    cpu_limit: merged['cpu_limit'] ?? cpu,
  };
  const filled = DockerJob.safeParse(fillTemplate(used['job_configuration'], values));
  if (filled.success) return filled.data;
  const issues = filled.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Unmakeable(`its job variables cannot be used: ${issues.join('; ')}.`);
}
