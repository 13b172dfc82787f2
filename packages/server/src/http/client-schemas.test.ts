import type { OrchestrationResult } from '@sluice/core/model/state';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openDatabase } from '../db/database.ts';
import { type Answer, type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let flow_id: string;

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow_id = ((await send('POST', '/flows/', { body: { name: 'schemas' } })).json as { id: string }).id;
});
afterAll(() => server.stop());

let made = 0;
const deploy = (parameter_openapi_schema: unknown) =>
  send('POST', '/deployments/', { body: { name: `d${++made}`, flow_id, parameter_openapi_schema } });
const idOf = ({ status, text, json }: Answer) => {
  expect(status, text.slice(0, 500)).toBe(201);
  return (json as { id: string }).id;
};
const run = (id: string, parameters: unknown) => send('POST', `/deployments/${id}/create_flow_run`, { body: { parameters } });

/** A deployment whose schema an earlier Sluice took, whatever it is. */
async function deployedBefore(schema: unknown): Promise<string> {
  const id = idOf(await deploy({}));
  const { sql, close } = openDatabase(server.databaseUrl, { max: 1 });
  await sql`update deployment set parameter_openapi_schema = ${JSON.stringify(schema)}::text::json where id = ${id}`;
  await close();
  return id;
}

/** While `work` is done, the server goes on answering others: how many it has answered meanwhile. */
async function answeredMeanwhile(work: Promise<unknown>): Promise<number> {
  let over = false;
  let answered = 0;
  void work.finally(() => {
    over = true;
  });
  while (!over) {
    expect((await send('GET', '/ready')).status).toBe(200);
    answered++;
  }
  return answered;
}

const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const twice = (keyword: string, rungs: number) =>
  Object.fromEntries(
    Array.from({ length: rungs + 1 }, (_, rung) => [`d${rung}`, rung === rungs ? {} : { [keyword]: [ref(`d${rung + 1}`), ref(`d${rung + 1}`)] }]),
  );

describe('a schema that cannot be checked in bounded time is refused when the deployment is made', () => {
  test.each<[string, unknown]>([
    ['a ladder of $refs', { ...ref('d0'), $defs: twice('allOf', 24) }],
    ['an allOf that names itself', { ...ref('A'), $defs: { A: { allOf: [ref('A')] } } }],
    ['a look-around', { properties: { a: { pattern: '^(?=a)a$' } } }],
    ['a back reference in patternProperties', { patternProperties: { '(a)\\1': {} } }],
    ['a pattern that is none', { properties: { a: { pattern: '(' } } }],
    ['a reference to another page', { properties: { a: { $ref: 'https://schemas.example/a.json' } } }],
    ['a reference to nothing', { properties: { a: ref('A') } }],
    ['$dynamicRef', { $dynamicRef: '#meta' }],
    ['a type that does not exist', { type: 'strnig' }],
    ['a dialect that nobody knows', { $schema: 'https://x.example/schema' }],
  ])('%s', async (_what, schema) => {
    const refusal = {
      status: 422,
      json: { code: 'INVALID_REQUEST', detail: expect.stringContaining('parameter_openapi_schema'), hint: expect.any(String) },
    };
    expect(await deploy(schema)).toMatchObject(refusal);
    const id = idOf(await deploy({}));
    expect(await send('PATCH', `/deployments/${id}`, { body: { parameter_openapi_schema: schema } })).toMatchObject(refusal);
  });
});

describe('the server answers others while a schema is run', () => {
  const letters = 'a'.repeat(30);

  test('whose pattern would explode, and which answers at once', async () => {
    const id = idOf(await deploy({ properties: { a: { type: 'string', pattern: '^(a+)+$' } } }));
    expect((await run(id, { a: letters })).status).toBe(201);
    expect(await run(id, { a: `${letters}!` })).toMatchObject({
      status: 409,
      json: { code: 'PARAMETERS_INVALID', detail: expect.stringContaining('a must match') },
    });
  });

  test('that compares each of very many with each other', async () => {
    const id = idOf(await deploy({ properties: { a: { type: 'array', uniqueItems: true } } }));
    const checked = run(id, { a: Array.from({ length: 30_000 }, (_, x) => [x, x]) });
    expect(await answeredMeanwhile(checked)).toBeGreaterThan(0);
    const { status, json } = await checked;
    expect([201, 409], JSON.stringify(json).slice(0, 300)).toContain(status);
  });

  test.each<[string, unknown, unknown]>([
    [
      'that doubles at every level of the data',
      { properties: { a: ref('A') }, $defs: { A: { items: { allOf: [ref('A'), ref('A')] } } } },
      { a: Array.from({ length: 40 }).reduce<unknown>((inner) => [inner], []) },
    ],
    ['that an earlier Sluice took: a ladder', { ...ref('d0'), properties: { a: {} }, $defs: twice('anyOf', 24) }, { a: 1 }],
    ['that an earlier Sluice took: it names itself', { properties: { a: ref('A') }, $defs: { A: { allOf: [ref('A')] } } }, { a: 1 }],
    ['that an earlier Sluice took: a look-around', { properties: { a: { pattern: '(?=a)a' } } }, { a: 'a' }],
  ])('%s', async (_what, schema, parameters) => {
    const id = await deployedBefore(schema);
    const checked = run(id, parameters);
    expect(await answeredMeanwhile(checked)).toBeGreaterThan(0);
    expect(await checked).toMatchObject({ status: 409, json: { code: 'PARAMETERS_INVALID', detail: expect.stringContaining('cannot be checked') } });
    // The next one is checked as ever.
    const good = idOf(await deploy({ properties: { a: { type: 'string', format: 'date' } } }));
    expect((await run(good, { a: '2026-11-24' })).status).toBe(201);
    expect((await run(good, { a: '2026-13-24' })).status).toBe(409);
  });

  test('with more faults than anybody reads', async () => {
    const id = idOf(await deploy({ properties: { a: { items: { type: 'string', format: 'date' } } } }));
    const { status, text } = await run(id, { a: Array.from({ length: 100_000 }, () => 1) });
    expect(status).toBe(409);
    expect(text.length).toBeLessThan(20_000);
    const many = await run(id, Object.fromEntries(Array.from({ length: 10_000 }, (_, x) => [`p${x}`, 1])));
    expect(many.status).toBe(409);
    expect(many.text.length).toBeLessThan(20_000);
  });
});

test('schemas that people use are taken: trees, definitions, formats, patterns, draft 7', async () => {
  const tree = {
    $defs: { Node: { type: 'object', properties: { children: { type: 'array', items: ref('Node') } } } },
    properties: { root: ref('Node') },
  };
  const id = idOf(await deploy(tree));
  expect((await run(id, { root: { children: [{ children: [] }] } })).status).toBe(201);
  expect(await run(id, { root: { children: [{ children: 1 }] } })).toMatchObject({
    status: 409,
    json: { detail: expect.stringContaining('root.children.0.children') },
  });
  const seven = idOf(
    await deploy({
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { E: { enum: ['x'] } },
      properties: { e: { $ref: '#/definitions/E' } },
    }),
  );
  expect((await run(seven, { e: 'x' })).status).toBe(201);
  expect((await run(seven, { e: 'y' })).status).toBe(409);
});

test('a lease is kept alive while schemas that take long are run one after the other', async () => {
  const id = await deployedBefore({ properties: { a: ref('A') }, $defs: { A: { items: { anyOf: [ref('A'), ref('A'), false] } } } });
  const slow = Promise.all([1, 2].map((x) => run(id, { a: Array.from({ length: 30 }).reduce<unknown>((inner) => [inner], [x]) })));
  const { json } = await send('POST', '/flow_runs/', { body: { flow_id } });
  const { id: other } = json as { id: string };
  const state = await send('POST', `/flow_runs/${other}/set_state`, { body: { state: { type: 'RUNNING' } } });
  expect((state.json as OrchestrationResult).status).toBe('ACCEPT');
  expect(await answeredMeanwhile(slow)).toBeGreaterThan(0);
});

test('a parameter may be called as what every object inherits: it is there when it was given, and not before', async () => {
  const id = idOf(await deploy({ type: 'object', properties: { constructor: { type: 'string', pattern: '^a' } }, required: ['constructor'] }));
  expect(await run(id, {})).toMatchObject({ status: 409, json: { code: 'PARAMETERS_INVALID' } });
  expect((await run(id, { constructor: 'abc' })).status).toBe(201);
});
