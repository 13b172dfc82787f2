import { openapi } from '@sluice/core/api/openapi';
import { type RouteKey, routes } from '@sluice/core/api/routes';
import { isObject } from '@sluice/core/lib/json';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { type Call, call } from '../testing/http-call.ts';
import { makeSampleRecords, type SampleRecords } from '../testing/sample-records.ts';
import { type SampleRequest, sampleRequests, toCall } from '../testing/sample-requests.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let database: Database;
let records: SampleRecords;

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  database = openDatabase(server.databaseUrl, { max: 1 });
  records = await makeSampleRecords(send);
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

type Schema = { readonly [keyword: string]: unknown };

const document = openapi(routes, '0') as {
  paths: { [path: string]: { [method: string]: { requestBody?: { content: { 'application/json': { schema: Schema } } } } } };
  components: { schemas: { [name: string]: Schema } };
};

interface Field {
  readonly path: readonly (string | number)[];
  readonly kind: 'text' | 'json' | 'texts by name';
}

/** The fields of a body that take any text or any JSON, as its published schema says: a walk that knows nothing of how the server checks. */
function fieldsOf(told: Schema, path: (string | number)[] = [], within: readonly Schema[] = []): Field[] {
  const schema = document.components.schemas[String(told['$ref']).split('/').at(-1) as string] ?? told;
  // A trigger holds triggers: what is inside was seen already.
  if (within.includes(schema)) return [];
  const walk = (inner: Schema, at: (string | number)[]) => fieldsOf(inner, at, [...within, schema]);
  const { properties, items, additionalProperties } = schema;
  const choices = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (Array.isArray(schema[key]) ? (schema[key] as Schema[]) : []));
  if (choices.length > 0) return choices.flatMap((choice) => walk(choice, path));
  const inside = isObject(properties) ? Object.entries(properties).flatMap(([name, inner]) => walk(inner as Schema, [...path, name])) : [];
  const isMap = isObject(additionalProperties) && path.length > 0 && !isIds(schema['propertyNames']);
  const named = isMap ? [kindOfMap(path, additionalProperties as Schema)] : [];
  const listed = isObject(items) ? walk(items as Schema, [...path, 0]) : [];
  const isText = schema['type'] === 'string' && schema['format'] === undefined && schema['enum'] === undefined && schema['const'] === undefined;
  const isAny = Object.keys(schema).every((key) => key === 'default') && path.length > 0;
  return [...inside, ...named, ...listed, ...(isText ? [{ path, kind: 'text' as const }] : isAny ? [{ path, kind: 'json' as const }] : [])];
}

/** A map by ids holds no text of a client. */
const isIds = (names: unknown) => isObject(names) && names['format'] === 'uuid';
const kindOfMap = (path: (string | number)[], values: Schema): Field => ({ path, kind: Object.keys(values).length === 0 ? 'json' : 'texts by name' });

/** So large that nothing but a result or a log line may be stored of it; the body is within its own limit. */
const LETTERS = 'x'.repeat(1_900_000);
const large = ({ kind, path }: Field): unknown => {
  if (kind === 'text') return LETTERS;
  const isList = ['task_inputs'].includes(String(path.at(-1)));
  return isList ? { x: [LETTERS] } : { x: LETTERS };
};

function put(value: unknown, [first, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (first === undefined) return by;
  const copy: { [key: string | number]: unknown } | unknown[] =
    Array.isArray(value) || typeof first === 'number' ? [...((value as unknown[] | undefined) ?? [])] : { ...(value as object) };
  Reflect.set(copy, first, put(Reflect.get(copy, first), rest, by));
  return copy;
}

/** A state that a sample leaves out has a type beside the field in question. */
function withType(body: unknown, path: readonly (string | number)[]): unknown {
  const at = path.indexOf('state');
  return at < 0 || path.at(-1) === 'type' ? body : put(body, [...path.slice(0, at + 1), 'type'], 'RUNNING');
}

/** What Prefect's clients send, and nobody stores; and what is cut, as Prefect cuts it. */
const NOT_STORED = new Set([
  ...['worker_pool_queue_id', 'worker_pool_name', 'worker_pool_queue_name', 'work_pool_queue_name', 'version_info', 'block_schema_type'],
  'metadata_',
]);
/** An action, or a trigger, has the fields of its own kind; a filter of resources is one or a list. The walk cannot tell which of them a sample has. */
const isEither = ({ path }: Field) => String(path[0]).startsWith('actions') || ['related', 'any_resource', 'triggers'].includes(String(path[1]));
/** A part of a filter, a trigger or an action is refused with the whole that it is in. */
const isPart = (key: string, { path }: Field) => path.length > 1 && /events\/filter|automations|saved_searches/.test(key);

const cases = (Object.keys(routes) as RouteKey[]).flatMap((key) => {
  const [method = '', path = ''] = key.split(' ');
  const schema = document.paths[`/api${path}`]?.[method.toLowerCase()]?.requestBody?.content['application/json'].schema;
  const fields = schema ? fieldsOf(schema).filter((field) => !NOT_STORED.has(String(field.path.at(-1))) && !isEither(field)) : [];
  const unique = new Map(fields.map((field) => [`${field.path.join('.')} ${field.kind}`, field]));
  return [...unique.values()].map((field): [string, RouteKey, Field] => [`${key} ${field.path.join('.') || 'body'} (${field.kind})`, key, field]);
});

test('the walk finds the fields that are known to be there', () => {
  const names = cases.map(([name]) => name);
  for (const known of [
    'POST /deployments/ parameters (json)',
    'PATCH /deployments/{id} job_variables (json)',
    'PATCH /deployments/{id} pull_steps.0 (json)',
    'POST /flow_runs/ state.data (json)',
    'POST /flow_runs/{id}/set_state state.message (text)',
    'POST /deployments/{id}/create_flow_run context (json)',
    'POST /work_pools/ base_job_template (json)',
    'POST /logs/ 0.message (text)',
    'POST /task_runs/step task_run.task_inputs (texts by name)',
    'PATCH /flow_runs/{id} infrastructure_pid (text)',
    'POST /flows/ tags.0 (text)',
    'POST /flows/filter flows.name.like_ (text)',
  ])
    expect(names).toContain(known);
  expect(names.length).toBeGreaterThan(150);
});

/** The most bytes of text that any row of a table has. */
async function largestRows(): Promise<{ [table: string]: number }> {
  const tables = await database.sql<{ name: string }[]>`select tablename as name from pg_tables where schemaname = 'public'`;
  const sizes = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await database.sql<[{ bytes: number | null }]>`select max(octet_length(t::text)) as bytes from ${database.sql(name)} t`;
      return [name, row.bytes ?? 0] as const;
    }),
  );
  return Object.fromEntries(sizes);
}

describe('a value of 1.9 MB is refused by name, and nothing of it is stored', () => {
  test.each(cases)('%s', async (_name, key, field) => {
    const sample = sampleRequests(records)[key] as SampleRequest;
    const { method, path, options } = toCall(key, { ...sample, body: put(withType(sample.body ?? {}, field.path), field.path, large(field)) });
    const { status, text, json } = await send(method, path, options);
    expect(status, text.slice(0, 500)).toBe(422);
    const names = field.path.filter((part) => typeof part === 'string');
    const name = isPart(key, field) ? names[0] : names.at(-1);
    expect((json as { hint: string }).hint).toContain(name ?? 'body');
    expect(text.length).toBeLessThan(20_000);
  });

  test('as a look at every table shows', async () => {
    for (const [table, bytes] of Object.entries(await largestRows())) expect(bytes, table).toBeLessThan(50_000);
  });
});

describe('what is stored has a limit in bytes, whatever the way', () => {
  const json = (bytes: number) => ({ x: 'é'.repeat((bytes - 8) / 2) });
  const KIB = 1024;
  /** A template of as many bytes. */
  const asTemplate = (value: unknown) => {
    const { x } = value as { x: string };
    const empty = { job_configuration: { command: 'x' }, variables: { properties: {} }, x: '' };
    const more = JSON.stringify(empty).length - JSON.stringify({ x: '' }).length;
    return { ...empty, x: `${x.slice(Math.ceil(more / 2))}${more % 2 === 1 ? 'x' : ''}` };
  };
  const run = () => `/flow_runs/${records.run}`;
  const deployment = () => `/deployments/${records.deployment}`;

  test.each<[string, number, () => [method: string, path: string], (value: unknown) => unknown]>([
    ['the parameters of a run that is changed', 512 * KIB, () => ['PATCH', run()], (parameters) => ({ parameters })],
    ['the parameters of a deployment that is changed', 512 * KIB, () => ['PATCH', deployment()], (parameters) => ({ parameters })],
    ['the context of a run', 128 * KIB, () => ['POST', '/flow_runs/'], (context) => ({ flow_id: records.flow, context })],
    ['what a state carries', 128 * KIB, () => ['POST', `${run()}/set_state`], (data) => ({ state: { type: 'RUNNING', data }, force: true })],
    ['the template of a pool', 256 * KIB, () => ['PATCH', '/work_pools/sample-pool'], (value) => ({ base_job_template: asTemplate(value) })],
  ])('%s', async (_what, bytes, where, body) => {
    const [method, path] = where();
    const most = await send(method, path, { body: body(json(bytes)) });
    expect(most.status, most.text.slice(0, 300)).toBeLessThan(300);
    const more = await send(method, path, { body: body(json(bytes + 2)) });
    expect(more).toMatchObject({ status: 422, json: { code: 'INVALID_REQUEST' } });
    expect(more.text).toContain(`${bytes + 2} bytes`);
  });

  test('what an automation does', async () => {
    const body = (parameters: unknown) => ({
      ...{ name: 'large', trigger: { type: 'event', posture: 'Reactive' } },
      actions: [{ type: 'run-deployment', source: 'selected', deployment_id: records.deployment, parameters }],
    });
    expect((await send('POST', '/automations/', { body: body(json(100 * KIB)) })).status).toBe(201);
    const more = await send('POST', '/automations/', { body: body(json(128 * KIB)) });
    expect(more).toMatchObject({ status: 422, json: { hint: expect.stringContaining('actions') } });
  });

  test('a result of ours may be larger, and comes back whole', async () => {
    const value = { x: 'é'.repeat(700_000) };
    const { json: set } = await send('POST', `/task_runs/${records.task}/set_state`, {
      body: { state: { type: 'COMPLETED', data: { type: 'sluice/v1', value } }, force: true },
    });
    expect((await send('GET', `/results/${(set as { state: { id: string } }).state.id}`)).json).toEqual(value);
    const still = await send('POST', `/task_runs/${records.task}/set_state`, {
      body: { state: { type: 'RUNNING', data: { type: 'sluice/v1', value } }, force: true },
    });
    expect(still.status, 'in another state it would stand in every list').toBe(422);
  });

  test('the parameters of a run with those of its deployment', async () => {
    await send('PATCH', deployment(), { body: { parameters: { a: 1, x: 'x'.repeat(300_000) }, enforce_parameter_schema: false } });
    const answer = await send('POST', `${deployment()}/create_flow_run`, { body: { parameters: { y: 'y'.repeat(300_000) } } });
    expect(answer).toMatchObject({
      status: 422,
      json: { code: 'INVALID_REQUEST', detail: expect.stringContaining('The parameters of the run and its deployment'), hint: expect.any(String) },
    });
  });
});
