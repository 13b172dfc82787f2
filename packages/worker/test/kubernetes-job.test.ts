import { EXIT_CODES } from '@sluice/core/process/exit-codes';
import { KUBERNETES_TEMPLATE } from '@sluice/core/process/kubernetes-template';
import { describe, expect, test } from 'vitest';
import { jobManifest } from '../src/infrastructure/kubernetes/job-manifest.ts';
import { labelValue, nameOf } from '../src/infrastructure/kubernetes/labels.ts';
import type { Pod } from '../src/infrastructure/kubernetes/objects.ts';
import { readJob } from '../src/infrastructure/kubernetes/read-job.ts';
import { readPod } from '../src/infrastructure/kubernetes/read-pod.ts';
import { jobVariables } from '../src/job.ts';

const ID = '019abcde-0000-7000-8000-000000000001';

/** The filled template of a run with these variables, and the Job that is made of it. */
function jobOf(deployment: object, { template = {}, run = {} }: { template?: object; run?: object } = {}) {
  const claimed = { deployment: { job_variables: deployment }, flow_run: { job_variables: run } } as never;
  const job = readJob(template as never, claimed, jobVariables(deployment as never, run as never));
  const own = { name: 'a', namespace: 'etl', labels: { 'sluice/epoch': '1' }, command: ['go'], env: { SLUICE_CLAIM_EPOCH: '1' }, secret: 'a' };
  return jobManifest({ job, ...own, graceSeconds: 30 }) as { metadata: Record<string, unknown>; spec: Spec };
}
interface Spec extends Record<string, unknown> {
  readonly template: {
    readonly metadata: object;
    readonly spec: Record<string, unknown> & { readonly containers: readonly Record<string, unknown>[] };
  };
}
const containerOf = (job: { spec: Spec }) => job.spec.template.spec.containers[0];

describe('the Job of a run', () => {
  test('is one pod, which is not started again, with the run’s program and no token of a service account', () => {
    const job = jobOf({ image: 'etl:1' });
    expect(job).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'a', namespace: 'etl', labels: { 'sluice/epoch': '1' } },
      spec: {
        backoffLimit: 0,
        completions: 1,
        parallelism: 1,
        ttlSecondsAfterFinished: 300,
        template: {
          metadata: { labels: { 'sluice/epoch': '1' } },
          spec: { restartPolicy: 'Never', automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 35 },
        },
      },
    });
    expect(containerOf(job)).toMatchObject({
      name: 'flow',
      image: 'etl:1',
      imagePullPolicy: 'IfNotPresent',
      command: ['go'],
      env: [{ name: 'SLUICE_CLAIM_EPOCH', value: '1' }],
      envFrom: [{ secretRef: { name: 'a' } }],
      resources: { limits: {}, requests: {} },
    });
  });

  test('has what its deployment says, and over that what the run says', () => {
    const said = {
      image: 'etl:1',
      env: { A: '1', B: '1' },
      labels: { team: 'data' },
      service_account_name: 'reader',
      cpu_request: '250m',
      memory: 512,
      cpu: 2,
    };
    const job = jobOf(said, { run: { image: 'etl:2', env: { B: '2' }, finished_job_ttl: 0 } });
    expect(job).toMatchObject({
      metadata: { labels: { team: 'data' } },
      spec: { ttlSecondsAfterFinished: 0, template: { spec: { serviceAccountName: 'reader' } } },
    });
    expect(job.spec.template.spec).not.toHaveProperty('automountServiceAccountToken');
    expect(containerOf(job)).toMatchObject({
      image: 'etl:2',
      env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }, { name: 'SLUICE_CLAIM_EPOCH' }],
      resources: { limits: { memory: '512M', cpu: '2' }, requests: { memory: '512M', cpu: '250m' } },
    });
  });

  test.each(['namespace', 'service_account_name'])('is not given another %s by who starts the run', (name) => {
    expect(() => jobOf({ image: 'i' }, { run: { [name]: 'other' } })).toThrow(`A run cannot set ${name} for itself`);
  });

  test('is that of the pool’s own template, sidecars and all', () => {
    const { variables, job_configuration } = structuredClone(KUBERNETES_TEMPLATE) as never as {
      variables: { properties: object };
      job_configuration: { job_manifest: { spec: Spec } };
    };
    const { spec } = job_configuration.job_manifest.spec.template;
    (spec as { containers: object[] }).containers.unshift({ name: 'proxy', image: 'proxy:{{ proxy }}' });
    const properties = { ...variables.properties, proxy: { type: 'string', default: '7' } };
    const job = jobOf({ image: 'etl:1' }, { template: { variables: { properties }, job_configuration } });
    expect(job.spec.template.spec.containers).toMatchObject([
      { name: 'proxy', image: 'proxy:7' },
      { name: 'flow', command: ['go'] },
    ]);
    expect(containerOf(job)).not.toHaveProperty('command');
  });

  test.each([
    [{}, {}, 'No Job can be made of it: job_manifest.spec.template.spec.containers.0.image: no image is named'],
    [{ image: 'i', memory_limit: 'much' }, {}, 'Its job variables cannot be used: memory_limit: write a quantity of Kubernetes, such as 500m or 2Gi'],
    [{ image: 'i', pod_watch_timeout_seconds: -1 }, {}, 'Its job variables cannot be used: pod_watch_timeout_seconds'],
    [{ image: 'i', labels: { a: 'no spaces' } }, {}, 'Its job variables cannot be used: labels.a: write up to 63 letters'],
    [
      { image: 'i' },
      { job_configuration: { a: '{{ imgae }}' } },
      'The base job template of its work pool cannot be used: "{{ imgae }}" is none of its variables.',
    ],
    [{ image: 'i' }, { job_configuration: {} }, 'No Job can be made of it: job_manifest'],
  ])('cannot be made of %j and the template %j, and it is said why', (deployment, template, message) => {
    expect(() => jobOf(deployment, { template })).toThrow(message);
  });
});

test.each([
  ['load orders', 'load-orders'],
  ['Größte Tabelle: alles', 'gr-te-tabelle-a'],
  ['1st', 'st'],
  ['日本', 'run'],
])('the Job of a run of the flow %j is known by %s, the run and the claim', (flow_name, begin) => {
  const name = nameOf({ flow_name, epoch: 2, flow_run: { id: ID } as never });
  expect(name).toBe(`${begin}-${ID}-2`);
  expect(name.length).toBeLessThanOrEqual(57);
});

test.each([
  ['etl', 'etl'],
  ['load orders', 'load-orders-'],
  ['日本', ''],
  ['x'.repeat(100), `${'x'.repeat(54)}-`],
])('the text %j can be a label', (text, begin) => {
  const value = labelValue(text);
  expect(value.startsWith(begin)).toBe(true);
  expect(value).toMatch(/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/);
});

describe('of a pod', () => {
  const pod = (status: object, limits?: object) =>
    ({ metadata: { name: 'p', namespace: 'n', uid: 'u' }, spec: { containers: [{ name: 'flow', resources: { limits } }] }, status }) as Pod;
  const inContainer = (state: object, more: object = {}) => ({
    ...more,
    containerStatuses: [
      { name: 'proxy', state: { running: {} } },
      { name: 'flow', state },
    ],
  });
  const terminated = (exitCode: number, more: object = {}, status: object = {}) => inContainer({ terminated: { exitCode, ...more } }, status);

  test.each([
    ['nothing is known yet', { phase: 'Pending' }, { type: 'waiting', why: undefined, isHopeless: false }],
    ['that it is on its way, nothing is told', inContainer({ waiting: { reason: 'ContainerCreating' } }), { type: 'waiting', why: undefined }],
    [
      'that no node has room, the reason is told',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' }] },
      { type: 'waiting', why: 'Unschedulable: 0/3 nodes are available.', isHopeless: false },
    ],
    [
      'whose image is not there, the reason is told',
      inContainer({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } }),
      { type: 'waiting', why: 'ImagePullBackOff: Back-off pulling image "x".', isHopeless: false },
    ],
    [
      'whose image has no possible name, nothing is waited for',
      inContainer({ waiting: { reason: 'InvalidImageName' } }),
      { type: 'waiting', isHopeless: true },
    ],
    ['that runs, it has begun', inContainer({ running: {} }), { type: 'running' }],
    ['that has done its run, the end is known', terminated(EXIT_CODES.COMPLETED), { left: { type: 'finished', state_type: 'COMPLETED' } }],
    ['that gave its run back, the end is known', terminated(EXIT_CODES.SCHEDULED), { left: { type: 'finished', state_type: 'SCHEDULED' } }],
    ['that crashed and said so, the end is known', terminated(EXIT_CODES.CRASHED), { left: { type: 'finished', state_type: 'CRASHED' } }],
    [
      'that was killed, the signal is told',
      terminated(137),
      { left: { type: 'gone', message: 'Its container was ended by SIGKILL.', isFinal: false } },
    ],
    ['that left with a code, the code is told', terminated(3), { left: { type: 'gone', message: 'Its container exited with code 3.' } }],
    [
      'that was evicted, Kubernetes’ reason is told',
      { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory. ' },
      { left: { type: 'gone', message: 'Its pod was ended by Kubernetes (Evicted): The node was low on resource: memory.' } },
    ],
    [
      'whose node was drained, Kubernetes’ reason is told',
      terminated(
        143,
        {},
        { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }] },
      ),
      { left: { type: 'gone', message: 'Its pod was ended by Kubernetes (EvictionByEvictionAPI): Eviction API: evicting.' } },
    ],
    [
      'whose image has no worker, another try is of no use',
      terminated(128, { reason: 'StartError', message: 'no such file' }),
      { left: { message: 'Its container cannot run: no such file.', isFinal: true } },
    ],
  ])('%s', (_what, status, view) => {
    expect(readPod(pod(status), 'flow')).toMatchObject(view);
  });

  test('that was killed for its memory, another try is of no use when that was its own limit', () => {
    const status = terminated(137, { reason: 'OOMKilled' });
    expect(readPod(pod(status, { memory: '2Gi' }), 'flow')).toMatchObject({
      left: { message: 'Its container needed more than its 2Gi of memory.', isFinal: true },
    });
    expect(readPod(pod(status), 'flow')).toMatchObject({
      left: { message: 'Its container was killed: its node had no memory left.', isFinal: false },
    });
  });
});
