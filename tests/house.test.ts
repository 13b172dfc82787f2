import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LONGEST = 300;

const files = ['packages', 'flows', 'demo', 'bench', 'tests', 'scripts']
  .flatMap((folder) => readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`))
  .filter((name) => /\.(ts|js|mjs)$/.test(name) && !/node_modules|\/dist\//.test(name));

const linesOf = (name: string) => readFileSync(`${ROOT}${name}`, 'utf8').split('\n').length - 1;
const isTest = (name: string) => /\.test\.ts$|\/test\/|^tests\//.test(name);

test('no file is too long to be read at one go', () => {
  const long = files.map((name) => ({ name, lines: linesOf(name) })).filter(({ lines }) => lines > LONGEST);
  expect(files.length).toBeGreaterThan(600);
  expect(long).toEqual([]);
});

test('half of the files have 60 lines or fewer', () => {
  const lengths = files
    .filter((name) => !isTest(name))
    .map(linesOf)
    .sort((a, b) => a - b);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(60);
});

/** They wait as part of what is tested, or for what no subscription tells. */
const MAY_WAIT: readonly string[] = [
  'packages/server/src/http/client-limits.test.ts', // a client that sends slowly
  'packages/worker/test/starting.test.ts', // a module that takes long to load
  'packages/cli/test/runs.test.ts', // looks again for the end of a process
  'tests/timers.test.ts', // texts that are scanned
];

test('no test replaces a module of ours, and none sleeps', () => {
  const tests = files.filter((name) => name.endsWith('.test.ts'));
  const mocking = tests.filter((name) => /\bvi\.(mock|doMock|stubGlobal)\(/.test(readFileSync(`${ROOT}${name}`, 'utf8')));
  const sleeping = tests.filter((name) => /\bsetTimeout\(|timers\/promises/.test(readFileSync(`${ROOT}${name}`, 'utf8')));
  expect(mocking).toEqual([]);
  expect(sleeping.sort()).toEqual([...MAY_WAIT].sort());
});

test('what tests share imports nothing from them', () => {
  const shared = files.filter((name) => name.startsWith('tests/support/'));
  const outside = shared.flatMap((name) =>
    [...readFileSync(`${ROOT}${name}`, 'utf8').matchAll(/from '(\.[^']*)'/g)]
      .map(([, to = '']) => posix.join(posix.dirname(name), to))
      .filter((to) => to.startsWith('tests/') && !to.startsWith('tests/support/'))
      .map((to) => `${name}: ${to}`),
  );
  expect(shared.length).toBeGreaterThan(20);
  expect(outside).toEqual([]);
});
