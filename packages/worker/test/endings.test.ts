import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { endsItsProcess, handlesAll } from './fixtures/ending-flows.ts';

let lab: Lab;
let pool: string;

beforeAll(async () => {
  vi.stubEnv('NODE_OPTIONS', '--max-old-space-size=100'); // a small heap is full soon
  lab = await startLab(inject('postgres'));
  pool = await lab.pool();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await lab.stop();
});

const HERE = 'ending-flows.ts';

test.each([
  ['a promise that nobody awaits', /^A promise that nobody awaited was rejected: RangeError: floated away\n.*ending-flows\.ts/s],
  ['a promise rejected with an object', /^A promise that nobody awaited was rejected: .*E_OBJECT.*no error/s],
  ['a timer that throws', /^An error was thrown that nobody caught: Error: boom\n.*throwBoom.*ending-flows\.ts.*the cause/s],
  ['a listener that throws', /^An error was thrown that nobody caught: Error: boom\n.*throwBoom/s],
  ['a stack that overflows in a timer', /^An error was thrown that nobody caught: RangeError: Maximum call stack size exceeded\n.*overflow/s],
  ['process.exit(3)', /^Its process exited with code 3\.$/],
  ['process.abort()', /^Its process was ended by SIGABRT: by process\.abort\(\), or by native code that met a fault\.$/],
  ['a full heap', /^Its process needed more memory than its JavaScript heap has\.$/],
  ['SIGSEGV', /^Its process was ended by SIGSEGV: a fault in native code\.$/],
  ['SIGKILL', /^Its process was ended by SIGKILL\.$/],
])('a run whose process is ended by %s says so in its state and its log', async (how, message) => {
  await using _worker = await lab.worker(pool);
  const name = await lab.deploy(pool, endsItsProcess, { maxClaims: 1 });
  const run = await lab.run(name, { how });
  expect(run.state_type).toBe('CRASHED');
  expect(run.state?.message).toMatch(message);
  const log = (await lab.log(run)).join('\n');
  expect(log).toContain(run.state?.message);
  expect(log).toContain('about to end');
  if (how === 'process.exit(3)') expect(log).toMatch(new RegExp(`called process\\.exit\\(3\\)\\.\n.*${HERE}`, 's'));
});

test('a process lives on whose flow handles what nobody caught', async () => {
  await using _worker = await lab.worker(pool);
  const run = await lab.run(await lab.deploy(pool, handlesAll));
  expect(run.state_type).toBe('COMPLETED');
  expect(await lab.result(run)).toBe('boom');
});
