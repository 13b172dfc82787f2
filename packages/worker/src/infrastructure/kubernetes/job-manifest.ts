import { isObject } from '@sluice/core/lib/json';
import type { KubernetesJob } from '@sluice/core/process/kubernetes-template';
import type { Labels } from './labels.ts';

interface Order {
  /** The filled job configuration of its pool. */
  readonly job: KubernetesJob;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** What starts the run's program in the image. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Holds those variables of the program that are secret. */
  readonly secret: string | undefined;
  readonly graceSeconds: number;
}

/** As the API server gets it. */
export interface Manifest extends Readonly<Record<string, unknown>> {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Readonly<Record<string, unknown>> };
  readonly spec: object;
}

/** After the grace time of a run its own program ends it; the pod has a little longer. */
const MORE_SECONDS = 5;

/** Which container is the run's. */
export const containerOf = ({ job_manifest: { spec } }: KubernetesJob): string => {
  const { containers } = spec.template.spec;
  return (containers.find(({ name }) => name === 'flow') ?? containers[0])?.name ?? 'flow';
};

export const envOf = (job: KubernetesJob) => job.job_manifest.spec.template.spec.containers.find(({ name }) => name === containerOf(job))?.env ?? [];

const asRecord = (value: unknown) => (isObject(value) ? value : {});

/**
 * The Job of one claim: what its pool's template says, and over it what Sluice needs. One pod, never started again: to try a run
 * again is the server's business.
 */
export function jobManifest({ job, name, namespace, labels, command, env, secret, graceSeconds }: Order): Manifest {
  const { metadata, spec, ...rest } = job.job_manifest;
  const { template } = spec;
  const own = containerOf(job);
  const containers = template.spec.containers.map((container) => {
    if (container.name !== own) return container;
    const { env: given, envFrom, args: _args, ...others } = container;
    const names = new Set(Object.keys(env));
    return {
      ...others,
      command: [...command],
      env: [...given.filter((variable) => !names.has(variable.name)), ...Object.entries(env).map(([variable, value]) => ({ name: variable, value }))],
      // The last one counts.
      envFrom: [...(Array.isArray(envFrom) ? envFrom : []), ...(secret === undefined ? [] : [{ secretRef: { name: secret } }])],
    };
  });
  const { serviceAccountName } = template.spec;
  return {
    ...rest,
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...withoutName(metadata), name, namespace, labels: { ...asRecord(metadata['labels']), ...labels } },
    spec: {
      ...spec,
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...asRecord(template.metadata['labels']), ...labels } },
        spec: {
          terminationGracePeriodSeconds: graceSeconds + MORE_SECONDS,
          // A service named "sluice-server" would set SLUICE_SERVER_PORT, which is a setting.
          enableServiceLinks: false,
          ...(!serviceAccountName && { automountServiceAccountToken: false }),
          ...template.spec,
          restartPolicy: 'Never',
          containers,
        },
      },
    },
  };
}

const withoutName = ({ generateName: _generated, ...metadata }: Readonly<Record<string, unknown>>) => metadata;
