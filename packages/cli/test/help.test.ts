import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMANDS, NOUNS } from '../src/commands/table.ts';
import { createSluice } from './support/sluice.ts';

const sluice = createSluice();
const LOG_LOADS = fileURLToPath(new URL('./support/log-loads.mjs', import.meta.url));

test('the help lists every command, and loads nothing but commander to do so', async () => {
  const { code, stdout, stderr } = await sluice.run(['--help'], { nodeOptions: ['--import', LOG_LOADS] });
  expect(code).toBe(0);
  for (const { name } of COMMANDS) expect(stdout).toContain(name.split(' ').at(-1));
  const packages = stderr.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g);
  expect([...new Set([...packages].map(([, name]) => name))]).toEqual(['commander']);
  expect(stderr).not.toMatch(/packages\/(client|etl|sdk|server|worker)\//);
});

test('the help of a command loads no server and no schemas', async () => {
  const { code, stdout, stderr } = await sluice.run(['server', 'start', '--help'], { nodeOptions: ['--import', LOG_LOADS] });
  expect(code).toBe(0);
  expect(stdout).toContain('--allow-open');
  expect(stdout).toContain('$ sluice server start');
  expect(stderr).not.toMatch(/node_modules\/(zod|fastify|pino|postgres|ajv)\//);
});

test('"sluice help flow-run ls" and the plural of a noun say the same as the command with --help', async () => {
  const [one, other, plural] = await Promise.all([
    sluice.run(['flow-run', 'ls', '--help']),
    sluice.run(['help', 'flow-run', 'ls']),
    sluice.run(['flow-runs', 'ls', '--help']),
  ]);
  expect(one.stdout).toContain('--state-type');
  expect(other).toEqual(one);
  expect(plural).toEqual(one);
});

test('every command belongs to a noun of the table, or is one word', () => {
  for (const { name } of COMMANDS) {
    const words = name.split(' ');
    if (words.length > 1) expect(Object.keys(NOUNS)).toContain(words.slice(0, -1).join(' '));
    expect(words.length).toBeLessThanOrEqual(3);
  }
});

test.each([
  { typed: ['flow-runz'], says: /Unknown command 'flow-runz'\.\nDid you mean one of flow-run, flow-runs\?/ },
  { typed: ['flow-run', 'lss'], says: /Did you mean ls\? sluice flow-run --help shows how\./ },
  { typed: ['flow-run', 'ls', '--limt', '3'], says: /Unknown option '--limt'\.\nDid you mean --limit\?/ },
  { typed: ['flow-run', 'ls', '--limit', '0'], says: /Write a whole number, 1 or more\./ },
  { typed: ['flow-run', 'ls', '--state-type', 'COMPLETD'], says: /Did you mean COMPLETED\?/ },
  { typed: ['work-pool', 'create'], says: /Missing required argument 'name'\./ },
  { typed: ['work-pool', 'set-concurrency-limit', 'a', 'many'], says: /"many" is not a valid limit\.\nWrite a whole number, 0 or more\./ },
  { typed: ['deployment'], says: /Usage: sluice deployment/ },
])('wrong usage is told on standard error, with what may have been meant, and exit code 2: $typed', async ({ typed, says }) => {
  const { code, stdout, stderr } = await sluice.run(typed);
  expect(stderr).toMatch(says);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('with -o json an error is JSON', async () => {
  const { code, stderr } = await sluice.run(['flow-run', 'ls', '--limit', 'x', '-o', 'json']);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'USAGE', hint: 'sluice flow-run ls --help shows how.' } });
  expect(code).toBe(2);
});
