import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRunning } from '@sluice/home/processes';
import { expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';

const BIN = fileURLToPath(new URL('../bin/sluice.mjs', import.meta.url));

/** A Node on the path that is too old for Sluice, if the machine has one. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((node) => Number(/^v(\d+)/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 99) < 24);

const run = (node: string, args: readonly string[], env: NodeJS.ProcessEnv) => spawnSync(node, [BIN, ...args], { env, encoding: 'utf8' });

test('in a clone the home is in the clone, unless told otherwise', () => {
  const { SLUICE_HOME: _, ...env } = process.env;
  const home = (environment: NodeJS.ProcessEnv) => {
    const rows = JSON.parse(run(process.execPath, ['config', 'view', '-o', 'json'], environment).stdout) as { name: string; value: string }[];
    return rows.find(({ name }) => name === 'SLUICE_HOME')?.value;
  };
  expect(home(env)).toBe(fileURLToPath(new URL('../../../.sluice', import.meta.url)));
  expect(home({ ...env, SLUICE_HOME: '/nonexistent/home' })).toBe('/nonexistent/home');
});

test.skipIf(!oldNode)('under an old Node it goes on under Node 24, with the same output and exit code', () => {
  const node = oldNode as string;
  const env = { ...process.env, SLUICE_HOME: '/nonexistent' };
  expect(run(node, ['--version'], env)).toMatchObject({ status: 0, stdout: '0.1.0\n' });
  expect(run(node, ['flow-runz'], env)).toMatchObject({ status: 2, stderr: expect.stringContaining('Did you mean') });
});

test.skipIf(!oldNode)('under an old Node a signal reaches the command', async () => {
  const env = { ...process.env, SLUICE_HOME: '/nonexistent', SLUICE_API_URL: 'http://127.0.0.1:9/api' };
  const child = spawn(oldNode as string, [BIN, 'deployment', 'run', 'a/b', '--params', '-'], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const code = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await code).not.toBe(0);
});

test('what a launcher started ends when that is gone, as npx is after a signal', async () => {
  const env = { ...process.env, npm_config_user_agent: 'npm', SLUICE_HOME: '/nonexistent', SLUICE_API_URL: 'http://127.0.0.1:9/api' };
  // It waits for its input until somebody ends it.
  const script = `"${process.execPath}" "${BIN}" deployment run a/b --params - <&3 & echo $!; wait`;
  const launcher = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
  const closed = new Promise((resolve) => launcher.stdout?.once('close', resolve)); // by the last that has it
  const pid = await new Promise<number>((resolve) => launcher.stdout?.once('data', (text: Buffer) => resolve(Number(text.toString()))));
  await eventually(() => expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toMatch(/node|MainThread/));
  launcher.kill('SIGKILL');
  await closed;
  await eventually(() => expect(isRunning(pid)).toBe(false)); // its output is closed before it has ended
});
