import type { ClaimedRun } from '@sluice/core/model/worker';
import { faultOfTemplate, fillTemplate, templateDefaults } from '@sluice/core/process/job-template';
import { KUBERNETES_TEMPLATE, KubernetesJob, KubernetesVariables } from '@sluice/core/process/kubernetes-template';
import type { JobVariables } from '../../job.ts';

/** A run of which no Job can be made, as it is: to try again is of no use. */
export class Unmakeable extends Error {}

/** What a run may do in the cluster, and where, is not for whoever starts it to say. */
const OF_DEPLOYMENTS = ['namespace', 'service_account_name'] as const;

type Values = Readonly<Record<string, unknown>>;

/** The job configuration of a run: its pool's template, with the variables of its deployment and, over those, its own. */
export function readJob(
  template: Values,
  { deployment, flow_run }: Pick<ClaimedRun, 'deployment' | 'flow_run'>,
  { env, memoryMb, cpu }: JobVariables,
): KubernetesJob {
  const used: Values = Object.keys(template).length === 0 ? KUBERNETES_TEMPLATE : template;
  const fault = faultOfTemplate(used);
  if (fault) throw new Unmakeable(`The base job template of its work pool cannot be used: ${fault}.`);
  const defaults = templateDefaults(used);
  const chosen = OF_DEPLOYMENTS.find((name) => flow_run.job_variables?.[name] !== undefined);
  if (chosen) throw new Unmakeable(`A run cannot set ${chosen} for itself: its deployment or its work pool does.`);
  const merged = { ...defaults, ...deployment?.job_variables, ...flow_run.job_variables };
  const checked = KubernetesVariables.safeParse(merged);
  if (!checked.success) throw new Unmakeable(`Its job variables cannot be used: ${issuesOf(checked.error)}.`);
  const whole = { ...(defaults['env'] as Values | undefined), ...env };
  const filled = KubernetesJob.safeParse(fillTemplate(used['job_configuration'], { ...withLimits(checked.data, memoryMb, cpu), env: listOf(whole) }));
  if (!filled.success) throw new Unmakeable(`No Job can be made of it: ${issuesOf(filled.error)}.`);
  return filled.data;
}

const listOf = (env: Values) => Object.entries(env).map(([name, value]) => ({ name, value: String(value) }));

/** What a deployment says for any kind of place counts where it says nothing for this one; and what is not requested is its limit. */
function withLimits(variables: Values, memoryMb: number | undefined, cpu: number | undefined): Values {
  const memory = variables['memory_limit'] ?? (memoryMb === undefined ? undefined : `${memoryMb}M`);
  const cores = variables['cpu_limit'] ?? (cpu === undefined ? undefined : String(cpu));
  return {
    ...variables,
    memory_limit: memory,
    cpu_limit: cores,
    memory_request: variables['memory_request'] ?? memory,
    cpu_request: variables['cpu_request'] ?? cores,
  };
}

interface Faults {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

const issuesOf = ({ issues }: Faults) => issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
