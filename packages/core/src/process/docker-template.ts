import { z } from 'zod';

/*
 * What a pool of type docker says of its containers: the base template, in Prefect's form and with Prefect's names, and what a filled one
 * must be. Memory and cpu of a deployment, in MB and cores, are the container's limits where it names none of Docker's.
 */

const text = (title: string, description: string, value: string | null = null) => ({ title, description, type: 'string', default: value });
const list = (title: string, description: string) => ({ title, description, type: 'array', items: { type: 'string' }, default: [] });
const map = (title: string, description: string) => ({ title, description, type: 'object', additionalProperties: { type: 'string' }, default: {} });

export const DOCKER_TEMPLATE = {
  variables: {
    type: 'object',
    properties: {
      name: text('Name', 'What the names of containers begin with; the flow run’s name when left out.'),
      image: text('Image', 'The image that runs are run in: that of deploy/Dockerfile, or one made from it.'),
      image_pull_policy: {
        ...text('Image pull policy', 'When the image is pulled; when left out, always for the tag "latest" and else when it is not there.'),
        enum: ['IfNotPresent', 'Always', 'Never'],
      },
      networks: list('Networks', 'Networks of the engine that containers are connected to.'),
      network_mode: text('Network mode', 'Such as host or none; the engine’s usual one when left out.'),
      volumes: list('Volumes', 'What is mounted, such as /srv/data:/data:ro.'),
      env: map('Environment', 'Variables of the run.'),
      labels: map('Labels', 'Labels of the container.'),
      mem_limit: text('Memory limit', 'Such as 512m or 2g. A run that needs more is killed, and not tried again.'),
      memswap_limit: text('Memory and swap limit', 'Memory and swap together; as the memory limit when left out, and so no swap.'),
      cpu_limit: { title: 'CPU limit', description: 'Processors, such as 1.5.', type: 'number', default: null },
      auto_remove: { title: 'Auto remove', description: 'Whether a container is removed after its end.', type: 'boolean', default: true },
      privileged: { title: 'Privileged', description: 'Gives containers all rights of their machine.', type: 'boolean', default: false },
    },
  },
  job_configuration: {
    name: '{{ name }}',
    image: '{{ image }}',
    image_pull_policy: '{{ image_pull_policy }}',
    networks: '{{ networks }}',
    network_mode: '{{ network_mode }}',
    volumes: '{{ volumes }}',
    env: '{{ env }}',
    labels: '{{ labels }}',
    mem_limit: '{{ mem_limit }}',
    memswap_limit: '{{ memswap_limit }}',
    cpu_limit: '{{ cpu_limit }}',
    auto_remove: '{{ auto_remove }}',
    privileged: '{{ privileged }}',
  },
} as const;

/** Who may start a run of a deployment does not choose what of the machine its container gets. */
export const NOT_OF_RUNS: readonly string[] = ['networks', 'network_mode', 'volumes', 'privileged', 'auto_remove'];

const UNITS: { readonly [unit: string]: number } = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
const SIZE = /^(\d+(?:\.\d+)?)([bkmg])?b?$/i;

/** Bytes, as Docker writes them: 512m, 2g, or a number. */
const bytes = z.union([z.number().positive(), z.string().regex(SIZE, 'write a size, such as 512m or 2g')]).transform((value) => {
  if (typeof value === 'number') return Math.floor(value);
  const [, amount, unit = 'b'] = SIZE.exec(value) ?? [];
  return Math.floor(Number(amount) * (UNITS[unit.toLowerCase()] ?? 1));
});

const name = z.string().min(1);
const POLICIES = { always: 'Always', ifnotpresent: 'IfNotPresent', never: 'Never' } as const;
const policy = z
  .string()
  .transform((value) => value.toLowerCase().replaceAll(/[-_]/g, ''))
  .pipe(z.enum(['always', 'ifnotpresent', 'never'], 'write IfNotPresent, Always or Never'))
  .transform((value) => POLICIES[value]);
const volume = z.string().regex(/^[^:]+:\/[^:]*(:[\w,]+)?$/, 'write a folder or a volume with where it is mounted, such as /srv/data:/data:ro');
const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

/** The job configuration of such a pool, when its template is filled. */
export const DockerJob = z.looseObject({
  name: name.nullish(),
  image: z.string('no image is named: set it in the deployment, or its default in the work pool').min(1),
  image_pull_policy: policy.nullish(),
  networks: z.array(name).default([]),
  network_mode: name.nullish(),
  volumes: z.array(volume).default([]),
  env: texts.default({}),
  labels: texts.default({}),
  mem_limit: bytes.nullish(),
  memswap_limit: bytes.nullish(),
  cpu_limit: z.number().positive().nullish(),
  auto_remove: z.boolean().default(true),
  privileged: z.boolean().default(false),
});
export type DockerJob = z.infer<typeof DockerJob>;
