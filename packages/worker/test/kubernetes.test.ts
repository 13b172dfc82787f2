import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';
import type { Flow } from '@sluice/sdk';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type ApiServer, describeWithKubernetes, startApiServer } from '../../../tests/support/kubernetes/api-server.ts';
import type { Answer } from '../../../tests/support/kubernetes/kube-call.ts';
import { type Kubelet, startKubelet } from '../../../tests/support/kubernetes/kubelet.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { seconds } from '../../../tests/support/patience.ts';
import { startWorkerProcess } from '../../../tests/support/worker-process.ts';
import { ignoresAll, livesUntilKilled, standsAt, tellsOrFails } from './fixtures/worker-flows.ts';

/*
 * Kubernetes' own API server and controllers; its nodes are played by the test (tests/support/kubernetes/kubelet.ts). So what the worker asks
 * for is what Kubernetes takes, and what the worker may do is what the chart's role allows.
 */

const PROGRAM = fileURLToPath(new URL('../src/program/main.ts', import.meta.url));
const NAMESPACE = 'runs';
const KEY = 'key-of-the-server';

describeWithKubernetes('a work pool of type kubernetes', () => {
  let cluster: ApiServer;
  let kubelet: Kubelet;
  let lab: Lab;
  let pools = 0;

  beforeAll(async () => {
    [cluster, lab] = await Promise.all([startApiServer(), startLab(inject('postgres'), { api_key: KEY })]);
    const shared = {
      SLUICE_HOME: `${lab.home}/pods`,
      PATH: process.env['PATH'] ?? '',
      TEST_MARKS: process.env['TEST_MARKS'] ?? '',
      TEST_GATES: process.env['TEST_GATES'] ?? '',
    };
    const program = ([, ...args]: readonly string[]) => [process.execPath, ...nodeFlags(PROGRAM), PROGRAM, ...args];
    kubelet = startKubelet(cluster.kube, { program, environment: shared });
    process.env['KUBECONFIG'] = await cluster.allowWorker(NAMESPACE);
  }, seconds(300));
  afterAll(async () => {
    delete process.env['KUBECONFIG'];
    await kubelet?.stop();
    await Promise.all([lab?.stop(), cluster?.stop()]);
  });

  /** A pool whose runs are told what becomes of their pods, and a worker of it. */
  async function inPool(image: string, variables: object = {}) {
    const pool = `kubernetes-${++pools}`;
    await lab.client.request('POST /work_pools/', { body: { name: pool, type: 'kubernetes' } });
    const env = { SLUICE_API_URL: lab.url };
    const deployed = <In, Params, Result>(flow: Flow<In, Params, Result>) => lab.deploy(pool, flow, { jobVariables: { image, env, ...variables } });
    return { pool, deployed, worker: () => lab.worker(pool, { limit: 5 }) };
  }

  const list = async (what: string): Promise<Answer['json'][]> => (await cluster.kube.call('GET', `${what}`)).json.items;
  const jobsOf = async (id: string) => list(`/apis/batch/v1/namespaces/${NAMESPACE}/jobs?labelSelector=sluice/flow-run=${id}`);
  const podsOf = async (id: string) => list(`/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=sluice/flow-run=${id}`);
  const secretsOf = async (id: string) => list(`/api/v1/namespaces/${NAMESPACE}/secrets?labelSelector=sluice/flow-run=${id}`);
  const isGone = (id: string) =>
    eventually(async () => {
      expect([await jobsOf(id), await podsOf(id), await secretsOf(id)]).toEqual([[], [], []]);
    }, 30);

  test('a run is done in a pod of a Job of its own, whose token stands in no manifest', async () => {
    const { deployed, worker } = await inPool('runs');
    await using _worker = await worker();
    const { id } = await lab.start(await deployed(standsAt), { gateName: 'in a pod' });
    await lab.gates.arrived('in a pod');
    const [job] = await jobsOf(id);
    expect(job).toMatchObject({ spec: { backoffLimit: 0 }, status: { active: 1 } });
    expect(JSON.stringify([job, await podsOf(id)])).not.toContain('slr.');
    const [secret] = await secretsOf(id);
    expect(secret.metadata.ownerReferences).toMatchObject([{ kind: 'Job', uid: job.metadata.uid }]);
    expect(Buffer.from(secret.data.SLUICE_API_KEY, 'base64').toString()).toMatch(/^slr\./);
    lab.gates.open('in a pod');
    expect(await lab.ended(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 1 });
    expect(await lab.log({ id })).toContainEqual(expect.stringContaining(`Runs as Job ${NAMESPACE}/stands-at-${id}-1.`));
    await eventually(async () =>
      expect((await jobsOf(id))[0].status.conditions).toContainEqual(expect.objectContaining({ type: 'Complete', status: 'True' })),
    );
  });

  test('a run that fails has failed, and its Job goes after its time with all that it has', async () => {
    const { deployed, worker } = await inPool('runs', { finished_job_ttl: 0 });
    await using _worker = await worker();
    const { id } = await lab.start(await deployed(tellsOrFails), { fails: true });
    expect(await lab.ended(id)).toMatchObject({ state_type: 'FAILED', state: { message: expect.stringContaining('as asked') } });
    await isGone(id);
  });

  test.each([
    ['no-room', /^Its pod has not started within 2 s: Unschedulable: 0\/3 nodes are available/],
    ['not-there', /^Its pod has not started within 2 s: ImagePullBackOff: Back-off pulling image "not-there"/],
    ['no-secret', /^Its pod has not started within 2 s: CreateContainerConfigError: secret "password" not found/],
    ['Not A Name', /^Its pod cannot start: InvalidImageName/],
    ['too-large', /^Its container needed more than its 64M of memory\./],
    ['no-program', /^Its container cannot run: exec: "sluice-worker": executable file not found/],
  ])('a run whose pod is %s has crashed with the reason', async (image, message) => {
    const { deployed, worker } = await inPool(image, { pod_watch_timeout_seconds: 2, memory_limit: '64M' });
    await using _worker = await worker();
    const { id } = await lab.start(await deployed(tellsOrFails));
    expect((await lab.ended(id)).state).toMatchObject({ type: 'CRASHED', message: expect.stringMatching(message) });
    await eventually(async () => expect((await jobsOf(id)).filter(({ status }) => status.active)).toEqual([]));
  });

  test.each([
    ['evicted', '(Evicted): The node was low on resource'],
    ['preempted', '(PreemptionByScheduler): a pod of higher priority'],
  ])('a run whose pod is %s goes to another one, and has crashed with the reason when its claims are used up', async (image, reason) => {
    const { deployed, worker } = await inPool(image);
    await using _worker = await worker();
    const { id } = await lab.start(await deployed(tellsOrFails));
    expect((await lab.ended(id)).state).toMatchObject({ type: 'CRASHED', message: expect.stringContaining(reason) });
    expect(await lab.read(id)).toMatchObject({ epoch: 3 });
  });

  test.each([
    ['that hears it', standsAt, 'The run was cancelled.', 20],
    ['that does not', ignoresAll, 'The run was cancelled; its process was killed after the grace time.', 1],
  ])('a cancelled run %s has its end, and its pod, Job and Secret are gone', async (what, flow, message, graceSeconds) => {
    const { pool, deployed } = await inPool('runs');
    await using _worker = await lab.worker(pool, { graceSeconds });
    const { id } = await lab.start(await deployed(flow), { gateName: `cancelled ${what}` });
    await lab.gates.arrived(`cancelled ${what}`);
    await lab.cancel(id);
    expect((await lab.ended(id)).state).toMatchObject({ type: 'CANCELLED', message });
    await isGone(id);
  });

  test('a run that is cancelled while its pod has no room is gone at once', async () => {
    const { deployed, worker } = await inPool('no-room', { pod_watch_timeout_seconds: 600 });
    await using _worker = await worker();
    const { id } = await lab.start(await deployed(tellsOrFails));
    await eventually(async () => expect(await podsOf(id)).toHaveLength(1));
    await lab.cancel(id);
    expect(await lab.ended(id)).toMatchObject({ state_type: 'CANCELLED' });
    await isGone(id);
  });

  test('a run that takes longer than its Job may has timed out, and its pod is gone', async () => {
    const { deployed, worker } = await inPool('runs', { job_watch_timeout_seconds: 5 });
    await using _worker = await worker();
    const { id } = await lab.start(await deployed(standsAt), { gateName: 'never' });
    expect((await lab.ended(id)).state).toMatchObject({ type: 'FAILED', name: 'TimedOut', message: expect.stringContaining('longer than 5 s') });
    await isGone(id);
  });

  /** As a drained node does it. */
  const evict = ({ name }: { name: string }) =>
    cluster.kube.call('POST', `/api/v1/namespaces/${NAMESPACE}/pods/${name}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name },
    });
  const remove = ({ name }: { name: string }) => cluster.kube.call('DELETE', `/api/v1/namespaces/${NAMESPACE}/pods/${name}`);

  test.each([
    ['deleted by somebody', remove],
    ['evicted from its node', evict],
  ])('a pod that is %s gives its run back, and the next pod goes on', async (how, act) => {
    const { deployed, worker } = await inPool('runs');
    await using _worker = await worker();
    const { id } = await lab.start(await deployed(standsAt), { gateName: how });
    await lab.gates.arrived(how);
    const [{ metadata }] = (await podsOf(id)) as [Answer['json']];
    expect((await act(metadata)).status).toBeLessThan(300);
    await lab.until(id, ({ epoch, state_type }) => epoch === 2 && state_type === 'RUNNING');
    lab.gates.open(how);
    expect(await lab.ended(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 2, crash_count: 0 });
  });

  test('a run that does not stop when its pod is deleted has crashed, and the next pod goes on', async () => {
    const { pool, deployed } = await inPool('runs');
    await using _worker = await lab.worker(pool, { graceSeconds: 1 });
    const { id } = await lab.start(await deployed(livesUntilKilled), { gateName: 'does not stop' });
    await lab.gates.arrived('does not stop');
    const [{ metadata }] = (await podsOf(id)) as [Answer['json']];
    await remove(metadata);
    expect(await lab.ended(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 2, crash_count: 1 });
  });

  test('a run that is not its own any more ends in its pod, and its Job goes', async () => {
    const { deployed, worker } = await inPool('runs', { finished_job_ttl: 0 });
    await using _worker = await worker();
    const { id } = await lab.start(await deployed(standsAt), { gateName: 'taken' });
    await lab.gates.arrived('taken');
    await lab.client.request('DELETE /flow_runs/{id}', { params: { id } });
    await isGone(id);
  });

  test('a pod that stands still when its run is not its own any more is removed with its Job', async () => {
    const { deployed, worker } = await inPool('runs');
    await using _worker = await worker();
    const { id } = await lab.start(await deployed(standsAt), { gateName: 'frozen' });
    await lab.gates.arrived('frozen');
    const { pid } = lab.marks(id)[0] as { pid: number };
    process.kill(pid, 'SIGSTOP');
    try {
      await lab.client.request('DELETE /flow_runs/{id}', { params: { id } });
      await isGone(id);
    } finally {
      process.kill(pid, 'SIGKILL'); // with its container it would be gone
    }
  });

  test('a worker that stops leaves its run to its pod, which needs none', async () => {
    const { deployed, worker } = await inPool('runs');
    const first = await worker();
    const { id } = await lab.start(await deployed(standsAt), { gateName: 'left' });
    await lab.gates.arrived('left');
    first.drain();
    await first.ended;
    lab.gates.open('left');
    expect(await lab.ended(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 1 });
  });

  test('a worker that stops hands back a run whose pod has not started', async () => {
    const { deployed, worker } = await inPool('no-room', { pod_watch_timeout_seconds: 600 });
    const first = await worker();
    const { id } = await lab.start(await deployed(tellsOrFails));
    await eventually(async () => expect(await podsOf(id)).toHaveLength(1));
    first.drain();
    await first.ended;
    expect(await lab.read(id)).toMatchObject({ state_type: 'SCHEDULED', epoch: 1 });
    await isGone(id);
  });

  const killable = (pool: string) =>
    startWorkerProcess(lab, pool, { name: `killed of ${pool}`, limit: 5, api: { api_url: lab.url, api_key: KEY, auth_string: undefined } });

  test('a run goes on when its worker is killed, and the next one leaves its Job alone', async () => {
    const { pool, deployed, worker } = await inPool('runs');
    const first = await killable(pool);
    const { id } = await lab.start(await deployed(standsAt), { gateName: 'orphaned' });
    await lab.gates.arrived('orphaned');
    first.child.kill('SIGKILL');
    await first.exited;
    await using next = await worker();
    lab.gates.open('orphaned');
    expect(await lab.ended(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 1 });
    expect(next.events).not.toContainEqual(expect.stringContaining('left behind'));
  });

  test('a run whose worker is killed before its pod has started runs in another pod, and the first Job is removed', async () => {
    const { pool, deployed, worker } = await inPool('room-later', { pod_watch_timeout_seconds: 600 });
    const first = await killable(pool);
    const { id } = await lab.start(await deployed(tellsOrFails));
    await eventually(async () => expect(await podsOf(id)).toHaveLength(1));
    first.child.kill('SIGKILL');
    await first.exited;
    await lab.until(id, ({ state_type }) => state_type === 'SCHEDULED');
    await using _next = await worker();
    expect(await lab.ended(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 2 });
    await eventually(async () => {
      const jobs = [...(await jobsOf(id)), ...(await podsOf(id))];
      expect(jobs.map(({ metadata }) => metadata.labels['sluice/epoch'])).toEqual(['2', '2']);
    }, 30);
  });

  test('the Job of a run that is not its own any more is removed by the next worker; one whose run goes on is not', async () => {
    const { deployed, worker } = await inPool('runs');
    const first = await worker();
    const name = await deployed(standsAt);
    const [lost, kept] = [await lab.start(name, { gateName: 'lost' }), await lab.start(name, { gateName: 'kept' })];
    await Promise.all([lab.gates.arrived('lost'), lab.gates.arrived('kept')]);
    first.drain();
    await first.ended;
    await lab.client.request('DELETE /flow_runs/{id}', { params: { id: lost.id } });
    await using _second = await worker();
    await isGone(lost.id);
    expect(await jobsOf(kept.id)).toHaveLength(1);
    lab.gates.open('kept');
    expect(await lab.ended(kept.id)).toMatchObject({ state_type: 'COMPLETED', epoch: 1 });
  });

  test.each([
    ['never will, at once', { service_account_name: 'Not A Name' }, 600, /^Its Job cannot be made: Kubernetes refuses it: .*serviceAccountName/],
    ['may later, after a time', { namespace: 'nowhere' }, 1, /^Its Job cannot be made: Kubernetes refuses it: .*forbidden.*"nowhere"/],
  ])('what Kubernetes does not take, and %s, is told in the run, in its own words', async (_when, variables, startSeconds, message) => {
    const { pool, deployed } = await inPool('runs', variables);
    await using _worker = await lab.worker(pool, { startSeconds });
    const run = await lab.run(await deployed(tellsOrFails));
    expect(run.state).toMatchObject({ type: 'CRASHED', message: expect.stringMatching(message) });
  });
});
