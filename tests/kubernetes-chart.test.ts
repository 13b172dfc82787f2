import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { type ApiServer, describeWithKubernetes, startApiServer } from './support/kubernetes/api-server.ts';
import { renderChart } from './support/kubernetes/helm-chart.ts';
import type { Answer } from './support/kubernetes/kube-call.ts';
import { seconds } from './support/patience.ts';

/* The chart, rendered by Helm's own engine, as Kubernetes' own API server takes it. Nothing of it is run. */

type Manifest = Answer['json'];

const image = { repository: 'registry.example.com/sluice', tag: '1' };
const worker = { name: 'etl', pool: 'etl pool', replicas: 2, limit: 3, resources: {}, terminationGracePeriodSeconds: 600 };
const autoscaling = { enabled: true, minReplicas: 0, maxReplicas: 9, pollingSeconds: 15, cooldownSeconds: 300 };

/** Where objects of a kind are. */
const PATHS: Readonly<Record<string, string>> = {
  Deployment: '/apis/apps/v1/namespaces/N/deployments',
  Service: '/api/v1/namespaces/N/services',
  ServiceAccount: '/api/v1/namespaces/N/serviceaccounts',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/N/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/N/rolebindings',
  PodDisruptionBudget: '/apis/policy/v1/namespaces/N/poddisruptionbudgets',
  ScaledObject: '/apis/keda.sh/v1alpha1/namespaces/N/scaledobjects',
  TriggerAuthentication: '/apis/keda.sh/v1alpha1/namespaces/N/triggerauthentications',
};

describeWithKubernetes('the chart', () => {
  let cluster: ApiServer;

  beforeAll(async () => {
    cluster = await startApiServer();
    await cluster.kube.call('POST', '/api/v1/namespaces', { metadata: { name: 'sluice' } });
    const folder = process.env['SLUICE_KUBERNETES_BIN'] as string;
    for (const file of readdirSync(folder).filter((name) => name.startsWith('keda.sh_'))) {
      const definition = load(readFileSync(`${folder}/${file}`, 'utf8')) as object;
      const { status, json } = await cluster.kube.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
      if (status !== 201) throw new Error(JSON.stringify(json));
    }
    await eventually(async () => {
      for (const kind of ['ScaledObject', 'TriggerAuthentication'])
        expect((await cluster.kube.call('GET', pathOf({ kind } as Manifest))).status).toBe(200);
    });
  }, seconds(300));
  afterAll(() => cluster?.stop());

  const pathOf = ({ kind }: Manifest) => (PATHS[kind] ?? `no path of ${kind}`).replace('/N/', '/sluice/');

  /** The objects of a chart, each of which the API server has made, and knew every word of. */
  async function made(values: object): Promise<readonly Manifest[]> {
    const manifests = await renderChart({ image, ...values });
    if (typeof manifests === 'string') throw new Error(manifests);
    for (const manifest of manifests) {
      const { status, json } = await cluster.kube.call('POST', `${pathOf(manifest)}?fieldValidation=Strict&dryRun=All`, manifest);
      expect({ kind: manifest.kind, status, message: json.message }).toEqual({ kind: manifest.kind, status: 201, message: undefined });
    }
    return manifests;
  }
  const named = (manifests: readonly Manifest[]) => manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
  const find = (manifests: readonly Manifest[], kind: string, name: string) =>
    manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);

  test('with nothing but an image is two servers with probes, and a worker', async () => {
    const manifests = await made({});
    expect(named(manifests)).toEqual([
      'Deployment etl-server',
      'Deployment etl-worker-default',
      'PodDisruptionBudget etl-server',
      'Service etl-server',
    ]);
    const [server] = find(manifests, 'Deployment', 'etl-server').spec.template.spec.containers;
    expect(server).toMatchObject({
      image: 'registry.example.com/sluice:1',
      readinessProbe: { httpGet: { path: '/api/ready' } },
      livenessProbe: { httpGet: { path: '/api/health' } },
    });
  });

  test('asks each worker whether its server hears of it, where it listens', async () => {
    const env = { SLUICE_WORKER_WEBSERVER_PORT: 8090 };
    const one = { ...worker, autoscaling: { ...autoscaling, enabled: false } };
    const manifests = await made({ workers: [one, { ...one, name: 'other', env }], kubernetesWorker: { enabled: true } });
    const asked = ['worker-etl', 'worker-other', 'kubernetes-worker'].map((name) => {
      const [{ args, livenessProbe, env }] = find(manifests, 'Deployment', `etl-${name}`).spec.template.spec.containers;
      const host = env.find(({ name }: Manifest) => name === 'SLUICE_WORKER_WEBSERVER_HOST').value;
      return [name, args.includes('--with-healthcheck'), host, livenessProbe.httpGet];
    });
    expect(asked).toEqual([
      ['worker-etl', true, '0.0.0.0', { path: '/health', port: 8080 }],
      ['worker-other', true, '0.0.0.0', { path: '/health', port: 8090 }],
      ['kubernetes-worker', true, '0.0.0.0', { path: '/health', port: 8080 }],
    ]);
  });

  test('names secrets, and holds none', async () => {
    const secrets = { apiKey: { name: 'mine', key: 'k' }, databaseUrl: { name: 'mine', key: 'd' }, secretKey: { name: 'mine', key: 's' } };
    const [server] = find(await made({ secrets }), 'Deployment', 'etl-server').spec.template.spec.containers;
    const fromSecrets = server.env.filter(({ valueFrom }: Manifest) => valueFrom);
    expect(fromSecrets.map(({ name, valueFrom }: Manifest) => [name, valueFrom.secretKeyRef])).toEqual([
      ['SLUICE_API_KEY', { name: 'mine', key: 'k' }],
      ['SLUICE_DATABASE_URL', { name: 'mine', key: 'd' }],
      ['SLUICE_SECRET_KEY', { name: 'mine', key: 's' }],
    ]);
  });

  test('scales workers by the depth of their pool, when that is asked for, and then says no number itself', async () => {
    const manifests = await made({ workers: [{ ...worker, autoscaling }] });
    const [trigger] = find(manifests, 'ScaledObject', 'etl-worker-etl').spec.triggers;
    expect(trigger).toMatchObject({
      type: 'metrics-api',
      metadata: {
        url: 'http://etl-server.sluice.svc:4200/api/work_pools/etl%20pool/queue_depth',
        valueLocation: 'wanted',
        targetValue: '3',
        authMode: 'bearer',
      },
      authenticationRef: { name: 'etl-api-key' },
    });
    expect(find(manifests, 'TriggerAuthentication', 'etl-api-key')).toBeDefined();
    expect(find(manifests, 'Deployment', 'etl-worker-etl').spec.replicas).toBeUndefined();
  });

  test('has a worker of Jobs with its rights, and no other pod has a token of a service account', async () => {
    const manifests = await made({ kubernetesWorker: { enabled: true } });
    expect(named(manifests)).toEqual(expect.arrayContaining(['Role etl-kubernetes-worker', 'RoleBinding etl-kubernetes-worker']));
    const tokens = manifests.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec.template.spec.automountServiceAccountToken ?? true);
    expect(tokens.sort()).toEqual([false, false, true]);
  });

  test.each([
    [{ image: {} }, /repository/],
    [{ image: { repository: '' } }, /image\.repository: where the image of deploy\/Dockerfile is/],
    [{ server: { replicas: 0 } }, /replicas/],
    [{ server: { replica: 1 } }, /replica/],
    [{ workers: [{ ...worker, name: 'No Name', autoscaling }] }, /name/],
    [{ secrets: { apiKey: 'the key itself' } }, /apiKey/],
  ])('refuses the values %j', async (values, message) => {
    expect(await renderChart({ image, ...values })).toMatch(message);
  });
});
