import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { tellsProcess } from '../../worker/test/fixtures/worker-flows.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
});
afterAll(() => lab.stop());

test.each([
  ['is closed', '| head -1'],
  ['is on a full disk', '> /dev/full'],
  ['and its errors are on a full disk', '> /dev/full 2>&1'],
])('a worker whose output %s goes on, and so do its runs; it ends when it is told to', async (_what, where) => {
  const pool = await lab.pool();
  const name = await lab.deploy(pool, tellsProcess);
  const command = `{ "${process.execPath}" ${nodeFlags(MAIN).join(' ')} "${MAIN}" worker start --api-url ${lab.url} --pool ${pool} & echo $! >&3; wait $!; echo "code $?" >&3; } ${where}`;
  const shell = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, SLUICE_HOME: lab.home } });
  const lines = createInterface({ input: shell.stdio[3] as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  for (let run = 0; run < 2; run++) expect((await lab.run(name)).state_type).toBe('COMPLETED');
  process.kill(pid, 'SIGTERM');
  expect((await lines.next()).value).toBe('code 0');
  await once(shell, 'exit');
  await eventually(() => expect(() => process.kill(pid, 0)).toThrow());
});

test('a command whose answer cannot be written has failed, and says why', async () => {
  const command = `"${process.execPath}" ${nodeFlags(MAIN).join(' ')} "${MAIN}" config view > /dev/full`;
  const shell = spawn('sh', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, SLUICE_HOME: lab.home } });
  let said = '';
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = (await once(shell, 'close')) as [number];
  expect(code).toBe(1);
  expect(said).toMatch(/^Error: the output of this command cannot be written: ENOSPC/);
});
