import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { childrenOf } from '../../../tests/support/worker-process.ts';
import { standsAt, tellsOrFails, tellsProcess } from './fixtures/worker-flows.ts';

let lab: Lab;
let project: string;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  // Below the repo, so that the project finds the SDK.
  project = mkdtempSync(join(dirname(fileURLToPath(import.meta.url)), 'fixtures', 'project-'));
});
afterAll(async () => {
  await lab.stop();
  rmSync(project, { recursive: true });
});

let saves = 0;

/** Saves a file of the project; each time later than the last, as an editor does. */
function save(file: string, text: string): void {
  writeFileSync(join(project, file), text);
  const when = 1_700_000_000 + ++saves;
  utimesSync(join(project, file), when, when);
}

const flowsFile = (word: string, first = '') =>
  `import { flow } from '@sluice/sdk';\nimport { answer } from './answer.ts';\n${first}export const tells = flow({ name: 'tells' }, () => ['${word}', answer]);\n`;

/** Processes that stand ready, of the workers in this process. */
const spares = () => childrenOf(process.pid, 'sdk/src/process/main.ts');

test('code that was changed on disk is never run stale, be it the flow or what it imports', async () => {
  save('answer.ts', 'export const answer = 1;\n');
  save('flows.ts', flowsFile('first'));
  const { tells } = (await import(/* @vite-ignore */ join(project, 'flows.ts'))) as { tells: typeof tellsProcess };
  const pool = await lab.pool();
  const name = await lab.deploy(pool, tells, {}, project);
  await using _worker = await lab.worker(pool);
  const run = async () => lab.result(await lab.run(name));
  const prepared = () => eventually(() => expect(spares()).toHaveLength(1));

  expect(await run()).toEqual(['first', 1]);
  await prepared();
  save('answer.ts', 'export const answer = 2;\n');
  expect(await run()).toEqual(['first', 2]);
  await prepared();
  save('flows.ts', flowsFile('second'));
  expect(await run()).toEqual(['second', 2]);

  // While a process loads it, too.
  save('flows.ts', flowsFile('third', "import { gate } from '../../../../../tests/support/inside.ts';\nawait gate('loading');\n"));
  const { id } = await lab.start(name);
  await lab.gates.arrived('loading');
  save('flows.ts', flowsFile('fourth'));
  lab.gates.open('loading');
  const ended = await lab.ended(id);
  expect(ended).toMatchObject({ state_type: 'COMPLETED', epoch: 1, crash_count: 0 });
  expect(await lab.result(ended)).toEqual(['fourth', 2]);
});

test("the environment of a deployment, and of a run, is there before the user's module loads", async () => {
  const pool = await lab.pool();
  const [plain, withEnv] = await Promise.all([
    lab.deploy(pool, tellsProcess, { name: `${pool}-plain` }),
    lab.deploy(pool, tellsProcess, { name: `${pool}-env`, env: { TEST_SEEN: 'of the deployment' } }),
  ]);
  await using _worker = await lab.worker(pool);
  const seen = async (name: string, job_variables?: object) => {
    const { id } = await lab.start(name, {}, job_variables ? { job_variables } : {});
    return ((await lab.result(await lab.ended(id))) as { seen?: string }).seen;
  };
  expect(await seen(withEnv)).toBe('of the deployment');
  expect(await seen(withEnv)).toBe('of the deployment');
  expect(await seen(plain)).toBeUndefined();
  expect(await seen(withEnv, { env: { TEST_SEEN: 'of the run' } })).toBe('of the run');
  expect(await seen(withEnv)).toBe('of the deployment');
});

test('a worker that ends leaves no process behind', async () => {
  const pool = await lab.pool();
  const name = await lab.deploy(pool, tellsProcess);
  {
    await using _worker = await lab.worker(pool);
    await lab.run(name);
    await eventually(() => expect(spares()).toHaveLength(1));
  }
  await eventually(() => expect([...spares(), ...childrenOf(process.pid, 'guard/program.ts')]).toEqual([]));
});

/** Runs it, and waits until the worker has done with it: its process is back then, or gone. */
async function runAlone(worker: LabWorker, name: string, parameters = {}): Promise<FlowRun> {
  const ended = () => worker.events.filter((event) => event === 'ended').length;
  const before = ended();
  const { id } = await lab.run(name, parameters);
  await eventually(() => expect(ended()).toBeGreaterThan(before));
  return lab.read(id);
}

test('a process runs several flow runs when its deployment says so, until one does not complete', async () => {
  const pool = await lab.pool();
  const name = await lab.deploy(pool, tellsOrFails, { runsPerProcess: 3 });
  await using worker = await lab.worker(pool);
  const pidOf = async (parameters = {}) => (await runAlone(worker, name, parameters)).infrastructure_pid;
  const first = [await pidOf(), await pidOf(), await pidOf()];
  expect(new Set(first).size).toBe(1);
  const second = [await pidOf(), await pidOf({ fails: true })];
  expect(new Set([...first, ...second]).size).toBe(2);
  expect([...first, ...second]).not.toContain(await pidOf());
});

test('a kept process runs another flow of its project, and then the first one again', async () => {
  const pool = await lab.pool();
  const [one, other] = [await lab.deploy(pool, tellsOrFails, { runsPerProcess: 10 }), await lab.deploy(pool, tellsProcess, { runsPerProcess: 10 })];
  await using worker = await lab.worker(pool);
  const first = await runAlone(worker, one);
  const second = await runAlone(worker, other);
  expect(await lab.result(second)).toMatchObject({ pid: Number(first.infrastructure_pid) });
  expect((await runAlone(worker, one)).infrastructure_pid).toBe(first.infrastructure_pid);
});

test('a run that comes after another in its process has its own signal, and is cancelled alone', async () => {
  const pool = await lab.pool();
  const name = await lab.deploy(pool, standsAt, { runsPerProcess: 10 });
  await using worker = await lab.worker(pool);
  lab.gates.open('kept, first');
  const first = await runAlone(worker, name, { gateName: 'kept, first' });
  const second = await lab.start(name, { gateName: 'kept, second' });
  await lab.gates.arrived('kept, second');
  await lab.cancel(second.id);
  expect((await lab.ended(second.id)).state_type).toBe('CANCELLED');
  await eventually(async () => expect((await lab.read(second.id)).infrastructure_pid).toBe(first.infrastructure_pid));
  lab.gates.open('kept, third');
  expect((await lab.run(name, { gateName: 'kept, third' })).state_type).toBe('COMPLETED');
});

test('a kept process that is killed between two runs harms neither', async () => {
  const pool = await lab.pool();
  const name = await lab.deploy(pool, tellsOrFails, { runsPerProcess: 10 });
  await using worker = await lab.worker(pool);
  const first = await runAlone(worker, name);
  const pid = Number(first.infrastructure_pid);
  process.kill(pid, 'SIGKILL');
  await eventually(() => expect(() => process.kill(pid, 0)).toThrow());
  expect(await runAlone(worker, name)).toMatchObject({ state_type: 'COMPLETED', crash_count: 0 });
});
