import { beforeAll, expect, test } from 'vitest';
import { startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

let sluice: Sluice;

beforeAll(async () => {
  const started = await startCommand();
  ({ sluice } = started);
  return started.stop;
});

const run = (...words: string[]) => sluice.run(['variable', ...words]);

test('a variable is set, read in every way, changed only when that is asked for, and deleted', async () => {
  expect(await run('set', 'region', 'eu', '--tag', 'shared')).toEqual({ code: 0, stdout: 'Set variable "region".\n', stderr: '' });
  expect((await run('get', 'region')).stdout).toBe('eu\n');
  expect(await run('set', 'region', 'us')).toMatchObject({ code: 1, stderr: expect.stringContaining('--overwrite') });
  expect(JSON.parse((await run('set', 'region', '{"rows": [1, 2]}', '--overwrite', '-o', 'json')).stdout)).toMatchObject({ value: { rows: [1, 2] } });
  expect((await run('get', 'region')).stdout).toBe('{"rows":[1,2]}\n');
  expect((await run('ls')).stdout).toMatch(/^region\t\{"rows":\[1,2\]\}\tshared\t/);
  expect(JSON.parse((await run('inspect', 'region', '-o', 'json')).stdout)).toMatchObject({ name: 'region', tags: ['shared'] });
  expect((await run('unset', 'region', '--yes')).stdout).toBe('Deleted variable "region".\n');
  expect((await run('ls', '-o', 'json')).stdout).toBe('[]\n');
});

test('a name that is none, or that nobody has, is told with what to do', async () => {
  await run('set', 'regions', '1');
  expect(await run('get', 'region')).toMatchObject({ code: 3, stderr: expect.stringContaining('Did you mean "regions"?') });
  expect(await run('set', 'No Name', '1')).toMatchObject({ code: 2, stderr: expect.stringContaining('lowercase') });
});
