import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe } from 'vitest';
import { eventually } from '../eventually.ts';
import { type KubeClient, kubeClient } from './kube-call.ts';

/*
 * Kubernetes' own API server and controllers, on etcd: what a cluster is but for its nodes. `.ci/kubernetes.sh` builds them.
 */

const folder = process.env['SLUICE_KUBERNETES_BIN'];

/** Tests that need Kubernetes' API server. They are skipped where there is none, in CI too: to build it takes too long there. */
export function describeWithKubernetes(name: string, tests: () => void): void {
  if (folder) describe(name, tests);
  else describe.skip(`${name} (needs SLUICE_KUBERNETES_BIN, a folder that .ci/kubernetes.sh fills)`, tests);
}

export interface ApiServer {
  readonly url: string;
  readonly kube: KubeClient;
  /** Of an administrator. */
  readonly kubeconfig: string;
  /** Makes a namespace, and gives a worker the rights there that the chart gives it. Returns its kubeconfig. */
  allowWorker(namespace: string): Promise<string>;
  stop(): Promise<void>;
}

const ADMIN = 'token-of-the-administrator';

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  for (const server of servers) server.close();
  return ports;
}

const configText = (server: string, token: string, namespace: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace } }],
    'current-context': 'x',
  });

/** The rules of the chart's role, as they stand in its template: they name no value. */
function workerRules(): object[] {
  const template = readFileSync(new URL('../../../deploy/helm/sluice/templates/kubernetes-worker.yaml', import.meta.url), 'utf8');
  const [, rules = ''] = /^rules:\n((?: {2}.*\n)+)/m.exec(template) ?? [];
  return (load(`rules:\n${rules}`) as { rules: object[] }).rules;
}

/** Controllers of what the worker's Jobs need: their pods, their removal after their time, and that of what they own. */
const CONTROLLERS = [
  'job-controller',
  'garbage-collector-controller',
  'ttl-after-finished-controller',
  'serviceaccount-controller',
  'namespace-controller',
];

export async function startApiServer(): Promise<ApiServer> {
  const home = mkdtempSync(join(tmpdir(), 'kubernetes-'));
  const [client, peer, port] = (await freePorts(3)) as [number, number, number];
  const url = `https://127.0.0.1:${port}`;
  const started: ChildProcess[] = [];
  const begin = (program: string, args: readonly string[]) => {
    const log = openSync(join(home, `${program.split('/').at(-1)}.log`), 'a');
    started.push(spawn(program, args, { stdio: ['ignore', log, log], env: { PATH: process.env['PATH'], GOMAXPROCS: '2' } }));
    closeSync(log);
  };
  const file = (name: string, text: string) => {
    writeFileSync(join(home, name), text, { mode: 0o600 });
    return join(home, name);
  };
  const kube = kubeClient(url, ADMIN);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signing = file('signing.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const verifying = file('verifying.pem', publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const tokens = file('tokens.csv', `${ADMIN},admin,admin,system:masters\n`);
  const kubeconfig = file('admin.json', configText(url, ADMIN, 'default'));
  const etcd = `http://127.0.0.1:${client}`;
  const peers = `http://127.0.0.1:${peer}`;
  begin('etcd', [
    ...['--data-dir', join(home, 'etcd'), '--listen-client-urls', etcd, '--advertise-client-urls', etcd, '--unsafe-no-fsync'],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `default=${peers}`],
  ]);
  begin(join(folder ?? '', 'kube-apiserver'), [
    ...['--etcd-servers', etcd, '--bind-address', '127.0.0.1', '--secure-port', String(port), '--cert-dir', join(home, 'certificates')],
    ...['--token-auth-file', tokens, '--authorization-mode', 'RBAC', '--service-cluster-ip-range', '10.0.0.0/24'],
    ...[
      '--service-account-issuer',
      'https://kubernetes.test',
      '--service-account-signing-key-file',
      signing,
      '--service-account-key-file',
      verifying,
    ],
    ...['--endpoint-reconciler-type', 'none', '--enable-priority-and-fairness=false'],
  ]);
  const stop = async () => {
    for (const child of started) child.kill('SIGKILL');
    await Promise.all(started.map((child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined)));
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await eventually(async () => {
      if ((await kube.call('GET', '/readyz')).status !== 200) throw new Error('It is not ready.');
    }, 60);
  } catch (error) {
    const said = readFileSync(join(home, 'kube-apiserver.log'), 'utf8').slice(-2000);
    await stop();
    throw new Error(`Kubernetes' API server does not start: ${said}`, { cause: error });
  }
  begin(join(folder ?? '', 'kube-controller-manager'), [
    ...['--kubeconfig', kubeconfig, '--controllers', CONTROLLERS.join(','), '--leader-elect=false', '--secure-port', '0'],
    ...['--service-account-private-key-file', signing],
  ]);
  const allowWorker = async (namespace: string) => {
    const post = async (path: string, body: object) => {
      const { status, json } = await kube.call('POST', path, body);
      if (status >= 300) throw new Error(JSON.stringify(json));
      return json;
    };
    const ofNamespace = `/api/v1/namespaces/${namespace}`;
    await post('/api/v1/namespaces', { metadata: { name: namespace } });
    await post(`${ofNamespace}/serviceaccounts`, { metadata: { name: 'worker' } });
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    await post(`${rbac}/roles`, { metadata: { name: 'worker' }, rules: workerRules() });
    await post(`${rbac}/rolebindings`, {
      metadata: { name: 'worker' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'worker' },
      subjects: [{ kind: 'ServiceAccount', name: 'worker', namespace }],
    });
    const { status } = await post(`${ofNamespace}/serviceaccounts/worker/token`, { spec: { expirationSeconds: 7200 } });
    return file(`${namespace}.json`, configText(url, status.token, namespace));
  };
  return { url, kube, kubeconfig, allowWorker, stop };
}
