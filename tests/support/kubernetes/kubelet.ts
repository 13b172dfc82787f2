import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, KubeClient } from './kube-call.ts';

/*
 * A node for pods of tests, and the scheduler with it. The name of a pod's image says what becomes of it: "runs" is run for real, as a
 * process of this machine with the environment of its container; the others are told as Kubernetes' own kubelet tells them.
 */

type Object = Answer['json'];

export interface Kubelet {
  /** What the pods' processes have printed. */
  readonly printed: string[];
  stop(): Promise<void>;
}

interface Options {
  /** What is started in place of a container's command. */
  readonly program: (command: readonly string[]) => readonly string[];
  /** What its process has beside the container's environment. */
  readonly environment: Readonly<Record<string, string>>;
}

const podPath = ({ metadata }: Object, sub = '') => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}${sub}`;

export function startKubelet(kube: KubeClient, { program, environment }: Options): Kubelet {
  const stopped = new AbortController();
  const running = new Map<string, ChildProcess>();
  const seen = new Set<string>();
  const deleted = new Set<string>();
  const printed: string[] = [];

  const say = (pod: Object, status: object) => kube.call('PATCH', podPath(pod, '/status'), { status }, 'application/strategic-merge-patch+json');
  const inContainer = (pod: Object, state: object, phase = 'Running') =>
    say(pod, { phase, containerStatuses: [{ name: pod.spec.containers[0].name, image: 'i', imageID: '', ready: false, restartCount: 0, state }] });
  const terminated = (pod: Object, exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error', message = '') =>
    inContainer(pod, { running: null, waiting: null, terminated: { exitCode, reason, message } }, exitCode === 0 ? 'Succeeded' : 'Failed');
  /** Until it is gone: as a kubelet does, whoever changes the pod meanwhile. */
  async function remove(pod: Object): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } };
    while (!stopped.signal.aborted && (await kube.call('DELETE', podPath(pod), body).catch(() => undefined))?.status !== 404) await pause(100);
  }

  /** As a kubelet does: a Secret that is not there yet is waited for. */
  async function environmentOf(pod: Object): Promise<Record<string, string>> {
    const { envFrom = [], env = [] } = pod.spec.containers[0];
    const all: Record<string, string> = {};
    for (const { secretRef } of envFrom) {
      for (;;) {
        const { status, json } = await kube.call('GET', `/api/v1/namespaces/${pod.metadata.namespace}/secrets/${secretRef.name}`);
        if (status === 200) {
          for (const [name, value] of Object.entries(json.data)) all[name] = Buffer.from(String(value), 'base64').toString();
          break;
        }
        if (stopped.signal.aborted || deleted.has(pod.metadata.uid)) return all;
      }
    }
    for (const { name, value } of env) all[name] = value;
    return all;
  }

  async function run(pod: Object): Promise<void> {
    const env = { ...environment, ...(await environmentOf(pod)) };
    const [file = '', ...args] = program(pod.spec.containers[0].command);
    if (deleted.has(pod.metadata.uid)) return;
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    running.set(pod.metadata.uid, child);
    for (const output of [child.stdout, child.stderr]) output?.on('data', (data: Buffer) => printed.push(String(data)));
    await inContainer(pod, { running: { startedAt: new Date().toISOString() } });
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    running.delete(pod.metadata.uid);
    await terminated(pod, code ?? (signal === 'SIGKILL' ? 137 : 143));
    if (deleted.has(pod.metadata.uid)) await remove(pod);
  }

  const noRoom = (pod: Object) =>
    say(pod, {
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available: 3 Insufficient memory.' }],
    });

  const becomes: Readonly<Record<string, (pod: Object) => Promise<unknown>>> = {
    runs: run,
    'no-room': noRoom,
    'room-later': (pod) => (pod.metadata.labels['sluice/epoch'] === '1' ? noRoom(pod) : run(pod)),
    'not-there': (pod) => inContainer(pod, { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "not-there"' } }, 'Pending'),
    'no-secret': (pod) => inContainer(pod, { waiting: { reason: 'CreateContainerConfigError', message: 'secret "password" not found' } }, 'Pending'),
    'Not A Name': (pod) => inContainer(pod, { waiting: { reason: 'InvalidImageName', message: "couldn't parse image name" } }, 'Pending'),
    'too-large': async (pod) => {
      await inContainer(pod, { running: {} });
      await terminated(pod, 137, 'OOMKilled');
    },
    evicted: (pod) => say(pod, { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: ephemeral-storage. ' }),
    preempted: (pod) =>
      say(pod, {
        phase: 'Failed',
        conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message: 'a pod of higher priority' }],
      }),
    'no-program': (pod) => terminated(pod, 128, 'StartError', 'exec: "sluice-worker": executable file not found in $PATH'),
  };

  function onPod(type: string, pod: Object): void {
    const { uid, deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
    if (type === 'DELETED') return void deleted.add(uid);
    if (deletionTimestamp) {
      const child = running.get(uid);
      deleted.add(uid);
      if (!child) return void remove(pod);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), deletionGracePeriodSeconds * 1000).unref();
      return;
    }
    if (seen.has(uid)) return;
    seen.add(uid);
    const act = becomes[pod.spec.containers[0].image];
    void (async () => {
      const target = { apiVersion: 'v1', kind: 'Node', name: 'a-node' };
      if (act !== becomes['no-room'])
        await kube.call('POST', podPath(pod, '/binding'), { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.metadata.name }, target });
      await act?.(pod);
    })();
  }

  const watching = kube.watch('/api/v1/pods', stopped.signal, onPod).catch(() => {});
  return {
    printed,
    stop: async () => {
      stopped.abort();
      for (const child of running.values()) if (child.pid) process.kill(-child.pid, 'SIGKILL');
      await watching;
    },
  };
}
