import { z } from 'zod';

/*
 * What a pool of type kubernetes says of its Jobs: the base template, in Prefect's form and with Prefect's names, and what a filled one
 * must be. Memory and cpu of a deployment, in MB and cores, are its limits and requests where it names no quantities of Kubernetes.
 */

const text = (title: string, description: string, value: string | null = null) => ({ title, description, type: 'string', default: value });
const seconds = (title: string, description: string, value: number | null) => ({ title, description, type: 'integer', minimum: 0, default: value });

export const KUBERNETES_TEMPLATE = {
  variables: {
    type: 'object',
    properties: {
      name: text('Name', 'What the names of Jobs begin with; the flow’s name when left out.'),
      namespace: text('Namespace', 'Where Jobs are made; the worker’s own when left out.'),
      image: text('Image', 'The image that runs are run in: that of deploy/Dockerfile, or one made from it.'),
      image_pull_policy: { ...text('Image pull policy', 'When the image is pulled.', 'IfNotPresent'), enum: ['IfNotPresent', 'Always', 'Never'] },
      service_account_name: text('Service account', 'The service account of runs; none when left out, and then no token of one.'),
      env: { title: 'Environment', type: 'object', additionalProperties: { type: 'string' }, default: {} },
      labels: { title: 'Labels', description: 'Of the Job and its pod.', type: 'object', additionalProperties: { type: 'string' }, default: {} },
      memory_request: text('Memory request', 'Such as 512Mi; the limit when left out.'),
      memory_limit: text('Memory limit', 'Such as 2Gi. A run that needs more is killed, and not tried again.'),
      cpu_request: text('CPU request', 'Such as 500m; the limit when left out.'),
      cpu_limit: text('CPU limit', 'Such as 2.'),
      job_watch_timeout_seconds: seconds('Job watch timeout', 'A Job that takes longer is ended by its worker, and its run has timed out.', null),
      pod_watch_timeout_seconds: seconds('Pod watch timeout', 'A pod that has not started by then, as with no room or no image, is given up.', 60),
      finished_job_ttl: seconds('Finished Job TTL', 'So long a Job stays after its end, for who wants to look at it.', 300),
    },
  },
  job_configuration: {
    name: '{{ name }}',
    namespace: '{{ namespace }}',
    job_watch_timeout_seconds: '{{ job_watch_timeout_seconds }}',
    pod_watch_timeout_seconds: '{{ pod_watch_timeout_seconds }}',
    job_manifest: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { labels: '{{ labels }}' },
      spec: {
        ttlSecondsAfterFinished: '{{ finished_job_ttl }}',
        template: {
          metadata: { labels: '{{ labels }}' },
          spec: {
            serviceAccountName: '{{ service_account_name }}',
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              {
                name: 'flow',
                image: '{{ image }}',
                imagePullPolicy: '{{ image_pull_policy }}',
                env: '{{ env }}',
                resources: {
                  requests: { memory: '{{ memory_request }}', cpu: '{{ cpu_request }}' },
                  limits: { memory: '{{ memory_limit }}', cpu: '{{ cpu_limit }}' },
                },
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              },
            ],
          },
        },
      },
    },
  },
} as const;

const name = z.string().min(1);
const quantity = z.union([
  z.string().regex(/^\d+(\.\d+)?(m|k|[KMGTPE]i?)?$/, 'write a quantity of Kubernetes, such as 500m or 2Gi'),
  z.number().positive(),
]);
const label = z.string().regex(/^(|[A-Za-z0-9]|[A-Za-z0-9][\w.-]{0,61}[A-Za-z0-9])$/, 'write up to 63 letters, digits, "-", "_" and "."');
const timeout = z.int().min(0);

/** Those that Sluice itself knows; a template may have any others. */
export const KubernetesVariables = z.looseObject({
  name: name.nullish(),
  namespace: name.nullish(),
  image: name.nullish(),
  image_pull_policy: z.enum(['IfNotPresent', 'Always', 'Never']).nullish(),
  service_account_name: name.nullish(),
  labels: z.record(z.string(), label).nullish(),
  memory_request: quantity.nullish(),
  memory_limit: quantity.nullish(),
  cpu_request: quantity.nullish(),
  cpu_limit: quantity.nullish(),
  job_watch_timeout_seconds: timeout.min(1).nullish(),
  pod_watch_timeout_seconds: timeout.nullish(),
  finished_job_ttl: timeout.nullish(),
});

const Records = z.looseObject({});
const Container = z.looseObject({
  name,
  image: z.string('no image is named: set it in the deployment, or its default in the work pool'),
  env: z.array(z.looseObject({ name })).default([]),
});

/** The job configuration of such a pool, when its template is filled. */
export const KubernetesJob = z.looseObject({
  name: name.nullish(),
  namespace: name.nullish(),
  job_watch_timeout_seconds: timeout.min(1).nullish(),
  pod_watch_timeout_seconds: timeout.default(60),
  job_manifest: z.looseObject({
    metadata: Records.default({}),
    spec: z.looseObject({
      template: z.looseObject({
        metadata: Records.default({}),
        spec: z.looseObject({
          containers: z.array(Container).min(1, 'its pod has no container'),
        }),
      }),
    }),
  }),
});
export type KubernetesJob = z.infer<typeof KubernetesJob>;
