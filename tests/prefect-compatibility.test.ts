import { readFileSync } from 'node:fs';
import type { Route } from '@sluice/core/api/route';
import { routes } from '@sluice/core/api/routes';
import { expect, test } from 'vitest';
import { DIFFERENCES } from './support/prefect-differences.ts';

/* The routes of Prefect's own servers, as their packages list them, beside the route table. */

const VERSIONS = ['2.13.7', '3.9.1'] as const;
const PAGE = '../docs/prefect-compatibility.md';

/** The same route whatever its parameters are called; a websocket is opened by a GET. */
const shape = (route: string) =>
  route
    .replace(/^WS /, 'GET ')
    .replaceAll(/\{[^}]*\}/g, '{}')
    .replace(/\/$/, '');

const theirs = new Map(
  VERSIONS.map((version) => [version, JSON.parse(readFileSync(new URL(`prefect-routes/${version}.json`, import.meta.url), 'utf8')) as string[]]),
);
const rows = Object.entries<Route>(routes);
const ours = new Set(rows.map(([key]) => shape(key)));

const all = [...new Set([...theirs.values()].flat())];
const prefects = new Set(all.map(shape));

const byNoun = Map.groupBy(all, (route) => `/${route.split('/')[1]}`);
const nouns = [...byNoun].sort(([a], [b]) => (a < b ? -1 : 1));

function row(route: string): string {
  const difference = DIFFERENCES[route];
  const served = ours.has(shape(route)) ? 'yes' : 'no';
  const versions = VERSIONS.map((version) => (theirs.get(version)?.includes(route) ? '●' : ''));
  return `| \`${route}\` | ${versions.join(' | ')} | ${served} | ${difference?.absent ?? difference?.other ?? ''} |`;
}

function page(): string {
  const served = all.filter((route) => ours.has(shape(route))).length;
  const tables = nouns.map(([noun, list]) =>
    [`## ${noun}`, '', `| route | ${VERSIONS.join(' | ')} | here | what is different |`, '|---|---|---|---|---|', ...list.sort().map(row), ''].join(
      '\n',
    ),
  );
  const own = rows.flatMap(([key, route]) => (route.ours ? [`| \`${key}\` | ${route.summary} |`] : []));
  return `# Prefect's API, route by route

A test writes this page from the route tables of Prefect's own servers and from ours. A dot marks the release whose server has the
route. Of ${all.length} routes ${served} are here.

What holds for all of them:

- Answers have Prefect's fields, of both generations. Some have fields of ours beside them, which Prefect's clients leave alone.
- An error has Prefect's shape (\`detail\`, or \`exception_message\` with \`exception_detail\`), and beside it \`code\`, \`hint\` and \`request_id\`.
- A body with a field that no route knows is refused with 422, where Prefect leaves out some without a word.
- Limits of tags, pools, queues and deployments are exact under any number of workers, and a slot that is given back goes to who waits for
  it at once.

${tables.join('\n')}
## Ours alone

Prefect's clients do not know these; our SDK, CLI and workers use them where they are, and do without them on Prefect's own server.

| route | what it does |
|---|---|
${own.join('\n')}
`;
}

test('every route of Prefect’s servers is here, or it is said why not', () => {
  expect(all.filter((route) => !ours.has(shape(route)) && !DIFFERENCES[route]?.absent)).toEqual([]);
});

test('a difference that is told is one', () => {
  const known = new Set(all);
  expect(Object.keys(DIFFERENCES).filter((route) => !known.has(route))).toEqual([]);
  expect(Object.entries(DIFFERENCES).flatMap(([route, { absent }]) => (absent && ours.has(shape(route)) ? [route] : []))).toEqual([]);
});

test('a route is said to be ours alone when it is not one of Prefect’s', () => {
  expect(rows.filter(([key, route]) => (route.ours === true) === prefects.has(shape(key))).map(([key]) => key)).toEqual([]);
});

test('the page of compatibility says what the tables say', async () => {
  await expect(page()).toMatchFileSnapshot(PAGE);
});
