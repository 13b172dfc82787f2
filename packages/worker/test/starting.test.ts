import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { stretched } from '../../../tests/support/patience.ts';
import { childrenOf } from '../../../tests/support/worker-process.ts';
import { makeProject } from './support/project.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
});
afterAll(() => lab.stop());

const project = makeProject();
const module = (first: string) =>
  `import { flow } from '@sluice/sdk';\nconsole.log('loading');\nconsole.error('with a complaint');\n${first}\nexport const starts = flow({ name: 'starts' }, () => 'started');\n`;

/** Deploys the project as it is when all is well, and then writes what goes first in its module. */
async function deployed(pool: string, first: string): Promise<string> {
  project.save('flows.ts', module(''));
  const name = await lab.deploy(pool, await project.flow('starts'), {}, project.path);
  project.save('flows.ts', module(first));
  return name;
}

test.each([
  ['waits for what never comes', 'await new Promise(() => {});'],
  ['computes without end', 'for (;;);'],
  ['imports what waits for what never comes', "await import('data:text/javascript,await new Promise(() => {})');"],
])('a module that %s has a time for it, and what it printed is in the log', async (_what, first) => {
  const pool = await lab.pool();
  const name = await deployed(pool, first);
  await using _worker = await lab.worker(pool, { startSeconds: Number(stretched(4)) });
  const run = await lab.run(name);
  expect(run).toMatchObject({ state_type: 'CRASHED', epoch: 1 });
  expect(run.state?.message).toMatch(/^Its code was not loaded within [\d.]+ s: .*SLUICE_START_SECONDS/);
  expect((await lab.log(run)).join('\n')).toMatch(/loading\n.*with a complaint/s);
  // It holds no slot, and nothing that was prepared for the next run keeps that from the code as it is now.
  project.save('flows.ts', module(''));
  expect(await lab.result(await lab.run(name))).toBe('started');
});

test('processes that stand ready end too when they cannot load their code in time', async () => {
  const pool = await lab.pool();
  const name = await deployed(pool, 'for (;;);');
  await using _worker = await lab.worker(pool, { startSeconds: Number(stretched(1)) });
  await lab.run(name);
  await eventually(() => expect(childrenOf(process.pid, 'sdk/src/process/main.ts')).toEqual([]));
});

test('a module that takes its time is waited for, and what it printed is in the log of a run that is well too', async () => {
  const pool = await lab.pool();
  const name = await deployed(pool, 'await new Promise((resolve) => setTimeout(resolve, 500));');
  await using _worker = await lab.worker(pool, { startSeconds: 30 });
  const run = await lab.run(name);
  expect(await lab.result(run)).toBe('started');
  await eventually(async () => expect((await lab.log(run)).join('\n')).toMatch(/Printed while its code was loaded:\nloading\n/));
});

test.each([
  ['with a fault in its syntax', 'const = 1;', 'FAILED', /Expression expected|Unexpected token|syntax/i],
  ['that imports what is not there', "import 'no-such-package';", 'FAILED', /Cannot find package 'no-such-package'/],
  ['that ends its process', 'process.exit(3);', 'CRASHED', /^Its process exited with code 3\.$/],
  ['that throws', "throw new Error('not today');", 'FAILED', /^not today$/],
])('a module %s gives its run an end that says so', async (_what, first, type, message) => {
  const pool = await lab.pool();
  const name = await deployed(pool, first);
  await using _worker = await lab.worker(pool);
  const run = await lab.run(name);
  expect(run.state_type).toBe(type);
  expect(run.state?.message).toMatch(message);
});
