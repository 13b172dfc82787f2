import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DOCKER_TEMPLATE } from '@sluice/core/process/docker-template';
import { withDefault } from '@sluice/core/process/job-template';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { type BundleStage, setBundleStage } from '../../../tests/support/bundle-stage.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { seconds, stretched } from '../../../tests/support/patience.ts';
import { CLONE_MOUNT, describeWithPodman, importClone, type Podman, startPodman } from '../../../tests/support/podman.ts';
import { startWorkerProcess } from '../../../tests/support/worker-process.ts';

/* Runs in real containers, of an engine of the test's own, which serves Docker's API. The image holds Node, and the clone is mounted. */

const IMAGE = 'localhost/local/sluice-clone:1';
const INSIDE = fileURLToPath(new URL('../../../tests/support/inside.ts', import.meta.url));
const MEMORY_MB = 160;

/** What a run does is its parameter. */
const FLOWS = `
  import { spawn } from 'node:child_process';
  import { existsSync } from 'node:fs';
  import { flow } from '@sluice/sdk';
  import { gate } from '${INSIDE}';
  import { word } from './lib/word.ts';
  const forEver = () => new Promise(() => setInterval(() => {}, 1000));
  const ways = {
    tells: () => ({ word, pid: process.pid, project: existsSync(process.env.PROJECT), colour: process.env.COLOUR, secret: process.env.SECRET_OF_WORKER ?? null }),
    // Its last line, when the server knows already that the run has ended.
    prints: () => {
      process.once('exit', () => {
        for (const until = Date.now() + 1000; Date.now() < until; );
        console.log('printed in a container');
      });
    },
    exits: () => process.exit(7),
    killed: async () => { process.kill(process.pid, 'SIGKILL'); await forEver(); },
    eats: () => { for (const all = []; ; ) all.push(Buffer.alloc(4_000_000, 1)); },
    stands: async (name, signal) => { await gate(name, signal); return word; },
    ignores: async (name) => { gate(name + ': stands').catch(() => {}); await gate(name); },
    fits: () => Buffer.alloc(20_000_000, 1).length,
  };
  export const tells = flow({ name: 'tells' }, ({ way, gateName }, { signal }) => ways[way](gateName, signal));`;

describeWithPodman('a work pool of type docker', () => {
  let podman: Podman;
  let lab: Lab;
  let stage: BundleStage;
  let pools = 0;

  beforeAll(async () => {
    [podman, lab] = await Promise.all([startPodman(), startLab(inject('postgres'), { api_key: 'key-of-the-server' })]);
    importClone(podman, IMAGE);
    vi.stubEnv('DOCKER_HOST', podman.host);
    vi.stubEnv('SECRET_OF_WORKER', 'hidden');
  }, seconds(120));
  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all([lab?.stop(), podman?.[Symbol.asyncDispose]()]);
  }, seconds(60));
  beforeEach(() => {
    stage = setBundleStage(lab, { SLUICE_API_KEY: 'key-of-the-server' });
  });
  afterEach(() => stage.close());

  const options = () => ({ api: { api_url: lab.url, api_key: 'key-of-the-server', auth_string: undefined } });
  const containers = (...more: string[]) =>
    podman
      .run(['ps', '--all', '--format', '{{.ID}} {{.State}}', ...more])
      .split('\n')
      .filter(Boolean);

  /** A pool of the type, with the flows deployed to it, as a bundle; the project itself is gone. */
  async function makePool(more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const name = `docker-${++pools}`;
    const defaults = {
      image: IMAGE,
      network_mode: 'host',
      volumes: [CLONE_MOUNT],
      env: { COLOUR: 'blue', PROJECT: stage.project, TEST_GATES: process.env['TEST_GATES'] },
    };
    let base_job_template: object = DOCKER_TEMPLATE;
    for (const [variable, value] of Object.entries({ ...defaults, ...more }))
      base_job_template = withDefault(base_job_template as never, variable, value) as object;
    await lab.client.request('POST /work_pools/', { body: { name, type: 'docker', base_job_template: base_job_template as never } });
    stage.write('flows.ts', FLOWS);
    expect(await stage.deploy(name, 'maxClaims: 1')).toMatchObject({ code: 0 });
    rmSync(stage.project, { recursive: true });
    return name;
  }
  const start = (pool: string, parameters: object, job_variables: object = {}) => lab.start(`tells/${pool}`, parameters, { job_variables });

  test('a run is done in a container of its own, with the code of its bundle and no variable of its worker; nothing is left of it', async () => {
    const pool = await makePool();
    // A worker that beats this often hears of a run's end before its program has sent its last lines.
    await using _worker = await lab.worker(pool, { ...options(), limit: 2, beatSeconds: 0.05 });
    const [told, printed] = await Promise.all([start(pool, { way: 'tells' }), start(pool, { way: 'prints' })]);
    const run = await lab.ended(told.id);
    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    expect(await lab.result(run)).toMatchObject({ word: 'one', project: false, colour: 'blue', secret: null });
    await lab.ended(printed.id);
    // What a process has printed may come after what it has said of its end.
    await eventually(async () => {
      const log = await lab.log(printed);
      expect(log).toContain('printed in a container');
      expect(log).toContainEqual(expect.stringMatching(/^Runs in container .+, of the image localhost\/local\/sluice-clone:1\.$/));
    });
    await eventually(() => expect(containers()).toEqual([]));
  });

  test.each([
    ['exits', {}, 'Its process exited with code 7.'],
    ['killed', {}, 'Its process was ended by SIGKILL.'],
    ['eats', { memory: MEMORY_MB }, `Its process needed more than its ${MEMORY_MB} MB of memory.`],
  ])('how its process ended is told apart: %s', async (way, variables, sentence) => {
    const pool = await makePool();
    await using _worker = await lab.worker(pool, options());
    const { id } = await start(pool, { way }, variables);
    const run = await lab.ended(id);
    expect(run.state).toMatchObject({ type: 'CRASHED', message: expect.stringContaining(sentence) });
    await eventually(() => expect(containers()).toEqual([]));
  });

  test('a run may use its memory, and the engine holds the limit', async () => {
    const pool = await makePool();
    await using _worker = await lab.worker(pool, options());
    const { id } = await start(pool, { way: 'stands', gateName: 'limited' }, { memory: MEMORY_MB, cpu: 0.5 });
    await lab.gates.arrived('limited');
    const [{ HostConfig }] = JSON.parse(podman.run(['inspect', containers()[0]?.split(' ')[0] ?? ''])) as [{ HostConfig: object }];
    expect(HostConfig).toMatchObject({ Memory: MEMORY_MB * 2 ** 20, NanoCpus: 500_000_000, Privileged: false, NetworkMode: 'host' });
    lab.gates.open('limited');
    expect((await lab.ended(id)).state_type).toBe('COMPLETED');
    expect(await lab.log({ id })).toContainEqual(expect.stringContaining(`limits: memory ${MEMORY_MB} MB, 0.5 processors`));
  });

  // Its next beat is in 20 s: by then the grace time is over.
  test.each([
    ['hears it', 'stands', Number(stretched(8)), 'The run was cancelled.'],
    ['does not', 'ignores', 1, 'The run was cancelled; its process was killed after the grace time.'],
  ])('a cancelled run that %s is CANCELLED, and its container removed', async (_what, way, graceSeconds, message) => {
    const pool = await makePool();
    await using _worker = await lab.worker(pool, { ...options(), graceSeconds });
    const gateName = `cancelled: ${way}`;
    const { id } = await start(pool, { way, gateName });
    await lab.gates.arrived(gateName);
    await lab.cancel(id);
    expect((await lab.ended(id)).state).toMatchObject({ type: 'CANCELLED', message });
    await eventually(() => expect(containers()).toEqual([]));
  });

  test('a worker that stops waits for a run that works', async () => {
    const pool = await makePool();
    const worker = await lab.worker(pool, options());
    const { id } = await start(pool, { way: 'stands', gateName: 'drained' });
    await lab.gates.arrived('drained');
    worker.drain();
    lab.gates.open('drained');
    await worker.ended;
    expect((await lab.read(id)).state_type).toBe('COMPLETED');
    expect(containers()).toEqual([]);
  });

  test('a run goes on when its worker is killed, and the next worker removes its container', async () => {
    const pool = await makePool();
    const first = await startWorkerProcess(lab, pool, { ...options(), name: 'killed' });
    const { id } = await start(pool, { way: 'stands', gateName: 'orphaned' });
    await lab.gates.arrived('orphaned');
    first.child.kill('SIGKILL');
    await first.exited;
    await using _next = await startWorkerProcess(lab, pool, { ...options(), name: 'next' });
    lab.gates.open('orphaned');
    expect(await lab.ended(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 1 });
    await eventually(() => expect(containers()).toEqual([]), 30);
  });

  test('a container whose run is somebody else’s is killed by the next worker', async () => {
    const pool = await makePool();
    const { id } = await lab.client.request('GET /work_pools/{name}', { params: { name: pool } });
    const labels = [`sluice.work-pool=${id}`, `sluice.flow-run=${crypto.randomUUID()}`, 'sluice.epoch=1'].flatMap((label) => ['--label', label]);
    podman.run(['run', '--detach', '--network', 'host', ...labels, IMAGE, 'node', '-e', 'setInterval(() => {}, 1000)']);
    await using worker = await lab.worker(pool, options());
    await eventually(() => expect(containers()).toEqual([]), 30);
    await eventually(() => expect(worker.events).toContain('removed a container that another worker had left behind'));
  });

  test('an image of the tag latest that was made on this machine is used when no registry has it, unless it must be pulled', async () => {
    podman.run(['tag', IMAGE, '127.0.0.1:9/made-here:latest']);
    const pool = await makePool({ image: '127.0.0.1:9/made-here' });
    await using _worker = await lab.worker(pool, options());
    const made = await lab.ended((await start(pool, { way: 'prints' })).id);
    expect(made.state_type).toBe('COMPLETED');
    expect(await lab.log(made)).toContainEqual(expect.stringMatching(/^It cannot be pulled, and the one on this machine is used: /));
    podman.run(['rmi', '127.0.0.1:9/made-here:latest']);
  });

  test.each([
    [
      'an image that is not there, and is not to be pulled',
      { image: 'localhost/none:1', image_pull_policy: 'Never' },
      /the image localhost\/none:1 is not on this machine, and image_pull_policy is Never\. Bring it there/,
    ],
    ['no image', { image: null }, /no image is named: set it in the deployment/],
    ['a volume that is none', { volumes: ['data'] }, /volumes\.0: write a folder or a volume/],
    [
      'an image without Sluice',
      { image: 'localhost/local/bare:1' },
      /its image has no program sluice-worker: .+ Make the image with deploy\/Dockerfile/,
    ],
  ])('a run with %s is CRASHED at once, with what to do', async (_what, more, sentence) => {
    if ('image' in more && more.image?.includes('bare')) podman.run(['import', '-', more.image], Buffer.alloc(1024));
    const pool = await makePool(more);
    await using _worker = await lab.worker(pool, options());
    const run = await lab.ended((await start(pool, { way: 'tells' })).id);
    expect(run.state).toMatchObject({ type: 'CRASHED', message: expect.stringMatching(sentence) });
    expect(run.state?.message).toMatch(/^Its container cannot be started: /);
    await eventually(() => expect(containers()).toEqual([]));
  });

  test.each([
    [
      'a registry that does not answer',
      { image: '127.0.0.1:9/none:1' },
      {},
      /the registry of the image 127\.0\.0\.1:9\/none:1 does not answer: .+ With IfNotPresent/,
    ],
    [
      'no engine',
      {},
      { DOCKER_HOST: `unix://${join('/nowhere', 'docker.sock')}` },
      /the container engine at unix:\/\/\/nowhere\/docker\.sock does not answer: .+ Start it, or set DOCKER_HOST/,
    ],
  ])('with %s a run is tried again for a while, and its state says why not', async (_what, more, env, sentence) => {
    const pool = await makePool(more);
    if ('DOCKER_HOST' in env) vi.stubEnv('DOCKER_HOST', env.DOCKER_HOST);
    await using _worker = await lab.worker(pool, { ...options(), startSeconds: 2 });
    vi.stubEnv('DOCKER_HOST', podman.host);
    const run = await lab.ended((await start(pool, { way: 'tells' })).id);
    expect(run.state).toMatchObject({ type: 'CRASHED', message: expect.stringMatching(sentence) });
    if ('DOCKER_HOST' in env) expect((await lab.log(run)).join('\n')).toMatch(/It is tried again until 2 s have passed/);
  });

  test('what may be chosen for one run is not what of the machine its container gets', async () => {
    const pool = await makePool();
    await using _worker = await lab.worker(pool, options());
    const { id } = await start(
      pool,
      { way: 'stands', gateName: 'chosen' },
      { privileged: true, volumes: ['/:/host'], network_mode: 'none', env: { COLOUR: 'red' } },
    );
    await lab.gates.arrived('chosen');
    const [{ HostConfig, Mounts }] = JSON.parse(podman.run(['inspect', containers()[0]?.split(' ')[0] ?? ''])) as [
      { HostConfig: object; Mounts: object[] },
    ];
    expect(HostConfig).toMatchObject({ Privileged: false, NetworkMode: 'host' });
    expect(Mounts).toHaveLength(1);
    lab.gates.open('chosen');
    expect((await lab.ended(id)).state_type).toBe('COMPLETED');
  });
});
