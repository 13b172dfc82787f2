import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, SHORT_LEASE_SECONDS, shortLeases, startLab } from '../../../tests/support/lab.ts';
import { seconds } from '../../../tests/support/patience.ts';
import { childrenOf } from '../../../tests/support/worker-process.ts';
import { standsAt, tellsProcess } from './fixtures/worker-flows.ts';
import { makeProject } from './support/project.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'), shortLeases());
});
afterAll(() => lab.stop());

const spares = () => childrenOf(process.pid, 'sdk/src/process/main.ts');

test('a run whose deployment is deleted while it is queued goes with it, as with Prefect', async () => {
  const pool = await lab.pool();
  const { id, deployment_id } = await lab.start(await lab.deploy(pool, tellsProcess, { name: 'short-lived' }));
  await lab.client.request('DELETE /deployments/{id}', { params: { id: deployment_id as string } });
  await expect(lab.read(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a run in a queue that no worker takes runs of says so', async () => {
  const pool = await lab.pool();
  await using _worker = await lab.worker(pool, { queues: ['fast'] });
  const slow = await lab.start(await lab.deploy(pool, tellsProcess));
  const { reason } = await lab.client.request('GET /flow_runs/{id}/wait_reason', { params: { id: slow.id } });
  expect(reason).toMatch(/^no worker takes runs of work queue default of pool-\d+ \(for other queues: worker-\d+\)$/);
  expect((await lab.run(await lab.deploy(pool, tellsProcess, { queue: 'fast' }))).state_type).toBe('COMPLETED');
});

test('a worker whose pool is deleted says so, keeps its run, and goes on when the pool is there again', async () => {
  const pool = await lab.pool();
  await using worker = await lab.worker(pool, { limit: 2 });
  const { id } = await lab.start(await lab.deploy(pool, standsAt), { gateName: 'poolless' });
  await lab.gates.arrived('poolless');
  await lab.client.request('DELETE /work_pools/{name}', { params: { name: pool } });
  const term = performance.now() + seconds(SHORT_LEASE_SECONDS);
  await eventually(() => expect(performance.now()).toBeGreaterThan(term)); // without a beat that counts it would end
  lab.gates.open('poolless');
  expect(await lab.ended(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 1 });
  await eventually(() => expect(worker.events.join('\n')).toMatch(/takes no runs: Work pool "pool-\d+" not found.* asks again/));

  await lab.client.request('POST /work_pools/', { body: { name: pool } });
  expect((await lab.run(await lab.deploy(pool, tellsProcess))).state_type).toBe('COMPLETED');
});

test('a worker lives through the time in which its project has no packages, and a run that comes then waits for them', async () => {
  const path = mkdtempSync(join(tmpdir(), 'sluice-project-'));
  const [packages, away] = [join(path, 'node_modules'), join(path, 'away')];
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), packages);
  const save = (answer: number) =>
    writeFileSync(join(path, 'flows.mjs'), `import { flow } from '@sluice/sdk';\nexport const tells = flow({ name: 'tells' }, () => ${answer});\n`);
  save(1);
  const { tells } = (await import(/* @vite-ignore */ join(path, 'flows.mjs'))) as { tells: typeof tellsProcess };
  const pool = await lab.pool();
  const name = await lab.deploy(pool, tells, {}, path);
  await using worker = await lab.worker(pool);
  expect(await lab.result(await lab.run(name))).toBe(1);
  await eventually(() => expect(spares()).toHaveLength(1));

  renameSync(packages, away);
  save(2); // what stands ready is of no use, and nothing can take its place
  await eventually(() => expect(worker.events.join('\n')).toContain('No process is ready'));
  const { id } = await lab.start(name);
  await eventually(async () => expect((await lab.log({ id })).join('\n')).toContain('Its process cannot be started: Cannot find module'));
  renameSync(away, packages);
  expect(await lab.result(await lab.ended(id))).toBe(2);
  rmSync(path, { recursive: true });
});

test('the type of a pool decides what runs its runs, and one that is not known is told of with those that are', async () => {
  await lab.client.request('POST /work_pools/', { body: { name: 'afar', type: 'ecs' } });
  const message = 'The work pool "afar" is of type ecs; this worker runs process, docker, kubernetes.';
  await expect(lab.worker('afar')).rejects.toMatchObject({ code: 'USAGE', message });
});

test('a run whose folder is not there has an end at once', async () => {
  const pool = await lab.pool();
  const { id: flow_id } = await lab.client.request('POST /flows/', { body: { name: 'nowhere' } });
  const body = { name: 'nowhere', flow_id, work_pool_name: pool, path: '/nonexistent/project', entrypoint: 'flows.ts:nowhere' };
  await lab.client.request('POST /deployments/', { body });
  await using _worker = await lab.worker(pool);
  expect((await lab.run('nowhere/nowhere')).state).toMatchObject({
    type: 'CRASHED',
    message: expect.stringMatching(/^Its process cannot be started: /),
  });
});

const project = makeProject();

test('a process that could not load its code is not there for a run after the fault is mended', async () => {
  const text = "import { flow } from '@sluice/sdk';\nimport './needed.ts';\nexport const needs = flow({ name: 'needs' }, () => 'well');\n";
  project.save('needed.ts', '');
  project.save('flows.ts', text);
  const pool = await lab.pool();
  const name = await lab.deploy(pool, await project.flow('needs'), {}, project.path);
  rmSync(join(project.path, 'needed.ts'));
  await using _worker = await lab.worker(pool);
  expect((await lab.run(name)).state_type).toBe('FAILED');
  project.save('needed.ts', '');
  expect(await lab.result(await lab.run(name))).toBe('well');
});

test('no process stands ready for longer than it may, and none at all where that is no time', async () => {
  const pool = await lab.pool();
  const name = await lab.deploy(pool, tellsProcess);
  {
    await using _worker = await lab.worker(pool, { spareSeconds: 0 });
    await lab.run(name);
    await eventually(() => expect(spares(), 'the run’s own process is gone, and none is in its place').toEqual([]));
  }
  await using _worker = await lab.worker(pool, { spareSeconds: 1 });
  const [first] = await eventually(() => {
    expect(spares()).toHaveLength(1);
    return spares();
  });
  await eventually(() => {
    expect(spares()).toHaveLength(1);
    expect(spares()).not.toContain(first);
  });
});
