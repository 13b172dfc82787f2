import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '@sluice/home/processes';
import { expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { endLeftProcesses } from './support/left-processes.ts';

/** In a session of its own, deaf to SIGTERM, with a child whose environment tells nothing but whose command line does. */
const STUBBORN = `
  process.on('SIGTERM', () => {});
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', process.env.TMPDIR + '/data'], { env: {}, stdio: 'ignore', detached: true });
  console.log(child.pid);
  setInterval(() => {}, 1000);`;

test('what a failed test has left running is ended with the run, also what ignores SIGTERM and what is nobody’s child', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'left-'));
  // Its parent is gone at once, as after a test that was cut off.
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `const c = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(STUBBORN)}], { detached: true, stdio: ['ignore', 1, 2] }); console.log(c.pid); c.unref(); process.exit()`,
    ],
    { env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let told = '';
  parent.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const pids = await eventually(() => {
    const numbers = told.trim().split('\n').map(Number);
    expect(numbers).toHaveLength(2);
    return numbers;
  });
  expect(pids.map(isRunning)).toEqual([true, true]);
  expect(await endLeftProcesses(folder, 500)).toHaveLength(2);
  expect(pids.map(isRunning)).toEqual([false, false]);
  expect(isRunning(bystander.pid ?? 0)).toBe(true);
  bystander.kill();
  await once(bystander, 'exit');
  await rm(folder, { recursive: true });
});
