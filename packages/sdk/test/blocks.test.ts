import { type Client, createClient } from '@sluice/client';
import { defineBlock } from '@sluice/sdk';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, describe, expect, expectTypeOf, inject, test } from 'vitest';
import { z } from 'zod';
import { blockFields } from '../src/data/block-fields.ts';

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  process.env['SLUICE_API_URL'] = server.url;
  client = createClient({ apiUrl: server.url });
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

const credentials = defineBlock('shop-credentials', {
  schema: z.object({ user: z.string(), password: z.string(), port: z.int().default(5432) }),
  secrets: ['password'],
  description: 'How to get into the shop',
});

/** As Prefect 3.9.1 sends it for `class ShopCredentials(Block): user: str; password: SecretStr; port: int = 5432`. */
const OF_PYTHON = {
  title: 'ShopCredentials',
  type: 'object',
  properties: {
    user: { title: 'User', type: 'string', position: 0 },
    password: { title: 'Password', type: 'string', format: 'password', writeOnly: true, position: 1 },
    port: { title: 'Port', type: 'integer', default: 5432, position: 2 },
  },
  required: ['user', 'password'],
  secret_fields: ['password'],
  block_type_slug: 'shop-credentials',
  block_schema_references: {},
};

const readAsOthers = (slug: string, name: string) =>
  client.request('GET /block_types/slug/{slug}/block_documents/name/{block_document_name}', {
    params: { slug, block_document_name: name },
    query: {},
  });

test('a type is registered before there is a block of it, and again with another description', async () => {
  const schema = z.object({ region: z.string() });
  await defineBlock('bucket', { schema, description: 'first' }).register();
  const bucket = defineBlock('bucket', { schema, description: 'second' });
  await bucket.register();
  const { id, description } = await client.request('GET /block_types/slug/{slug}', { params: { slug: 'bucket' } });
  expect(description).toBe('second');
  const schemas = await client.request('POST /block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [id] } } } });
  expect(schemas.map(({ fields }) => fields['description'])).toEqual(['second', 'first']);
});

describe('a block', () => {
  test('that is saved is loaded with its type, its defaults and its secrets, which others do not see', async () => {
    const id = await credentials.save('shop', { user: 'loader', password: 'hunter2' });
    const loaded = await credentials.load('shop');
    expectTypeOf(loaded).toEqualTypeOf<{ user: string; password: string; port: number }>();
    expect(loaded).toEqual({ user: 'loader', password: 'hunter2', port: 5432 });
    const seen = await readAsOthers('shop-credentials', 'shop');
    expect(seen).toMatchObject({
      id,
      data: { user: 'loader', password: '********' },
      block_type: { name: 'Shop Credentials', description: 'How to get into the shop' },
    });
  });

  test('is replaced when that is asked for, and only then', async () => {
    const id = await credentials.save('twice', { user: 'a', password: 'one', port: 1 });
    await expect(credentials.save('twice', { user: 'b', password: 'two' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: "There is a block 'shop-credentials/twice' already.",
      hint: expect.stringContaining('overwrite'),
    });
    expect(await credentials.load('twice')).toMatchObject({ user: 'a', password: 'one' });
    expect(await credentials.save('twice', { user: 'b', password: 'two' }, { overwrite: true })).toBe(id);
    expect(await credentials.load('twice')).toEqual({ user: 'b', password: 'two', port: 5432 });
  });

  test('that a Python client has saved is loaded, and saved again under the same type', async () => {
    const type = await client.request('POST /block_types/', { body: { name: 'Python Type', slug: 'python-type' } });
    const fields = { ...OF_PYTHON, block_type_slug: 'python-type' };
    const schema = await client.request('POST /block_schemas/', { body: { fields, block_type_id: type.id, version: '3.9.1' } });
    const body = { name: 'theirs', data: { user: 'py', password: 's3cret' }, block_type_id: type.id, block_schema_id: schema.id };
    const { id } = await client.request('POST /block_documents/', { body });
    const same = defineBlock('python-type', { schema: z.object({ user: z.string(), password: z.string() }), secrets: ['password'] });
    expect(await same.load('theirs')).toEqual({ user: 'py', password: 's3cret' });
    expect(await same.save('theirs', { user: 'ts', password: 'new' }, { overwrite: true })).toBe(id);
    expect(await readAsOthers('python-type', 'theirs')).toMatchObject({ block_type_id: type.id, data: { user: 'ts', password: '********' } });
  });

  test('of a system type, and with a value that a schema makes of a text, is kept as it was given', async () => {
    const dated = defineBlock('dated', {
      schema: z.object({ since: z.coerce.date(), headers: z.record(z.string(), z.string()) }),
      secrets: ['headers.*'],
    });
    await dated.save('d', { since: '2026-01-02', headers: { key: 'hush' } });
    expect(await dated.load('d')).toEqual({ since: new Date('2026-01-02'), headers: { key: 'hush' } });
    expect((await readAsOthers('dated', 'd')).data).toEqual({ since: '2026-01-02', headers: { key: '********' } });
    const plain = defineBlock('secret', { schema: z.object({ value: z.string() }), secrets: ['value'] });
    await plain.save('token', { value: 'abc' });
    expect(await plain.load('token')).toEqual({ value: 'abc' });
  });

  test('that is made by many at the same moment is made once, with one type and one schema', async () => {
    const fresh = defineBlock('fresh', { schema: z.object({ a: z.number() }) });
    const saved = await Promise.allSettled([1, 2, 3, 4].map((a) => fresh.save('one', { a })));
    expect(saved.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of saved)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT', hint: expect.stringContaining('overwrite') });
    const types = await client.request('POST /block_types/filter', { body: { block_types: { slug: { any_: ['fresh'] } } } });
    expect(types).toHaveLength(1);
    const schemas = await client.request('POST /block_schemas/filter', {
      body: { block_schemas: { block_type_id: { any_: types.map(({ id }) => id) } } },
    });
    expect(schemas).toHaveLength(1);
  });
});

describe('a block inside of another', () => {
  const inner = z.object({ user: z.string(), password: z.string(), since: z.coerce.date().optional() });
  const login = defineBlock('login', { schema: inner, secrets: ['password'] });
  const token = defineBlock('api-token', { schema: z.object({ token: z.string() }), secrets: ['token'] });
  const job = defineBlock('job', {
    schema: z.object({
      table: z.string(),
      login: inner,
      pick: z
        .union([inner, z.object({ token: z.string() })])
        .nullable()
        .default(null),
    }),
    blocks: { login, pick: [login, token] },
  });
  const plan = defineBlock('plan', { schema: z.object({ job: z.object({ table: z.string(), login: inner }) }), blocks: { job } });

  test('is saved as a reference: when it changes, the block around it holds what it holds now, and its secrets are hidden', async () => {
    const id = await login.save('eu', { user: 'a', password: 'first', since: '2026-01-02' });
    await token.save('api', { token: 'hush' });
    await job.save('orders', { table: 'orders', login: await login.load('eu'), pick: await token.load('api') });
    await login.save('eu', { user: 'a', password: 'second', since: '2026-01-02' }, { overwrite: true });
    expect(await job.load('orders')).toEqual({
      table: 'orders',
      login: { user: 'a', password: 'second', since: new Date('2026-01-02') },
      pick: { token: 'hush' },
    });
    const seen = await readAsOthers('job', 'orders');
    expect(seen.data).toMatchObject({ login: { user: 'a', password: '********' }, pick: { token: '********' } });
    expect(seen.block_document_references).toMatchObject({ login: { block_document: { id, name: 'eu' } } });
  });

  test('stays a reference when what was loaded is saved again, at any depth', async () => {
    await login.save('us', { user: 'b', password: 'one' });
    await job.save('items', { table: 'items', login: await login.load('us') });
    await plan.save('nightly', { job: await job.load('items') });
    const loaded = await plan.load('nightly');
    await job.save('items', { ...(await job.load('items')), table: 'lines' }, { overwrite: true });
    await job.save('copy', { table: 'copy', login: loaded.job.login });
    await login.save('us', { user: 'b', password: 'two' }, { overwrite: true });
    expect(await plan.load('nightly')).toEqual({ job: { table: 'lines', login: { user: 'b', password: 'two' } } });
    expect((await job.load('copy')).login.password).toBe('two');
  });

  test('that was given as it is, is kept in the block itself, with its secrets hidden', async () => {
    await job.save('by-hand', { table: 't', login: { user: 'c', password: 'own' } });
    expect((await job.load('by-hand')).login).toEqual({ user: 'c', password: 'own' });
    const seen = await readAsOthers('job', 'by-hand');
    expect(seen).toMatchObject({ data: { login: { user: 'c', password: '********' } }, block_document_references: {} });
  });

  test('where its type has no place is refused, with what to do: a copy would hide no secret', async () => {
    await token.save('wrong', { token: 'x' });
    await login.save('wrong', { user: 'x', password: 'x' });
    const refused = { code: 'BLOCK_INVALID', hint: expect.stringContaining('defineBlock') };
    await expect(job.save('wrong', { table: 't', login: (await token.load('wrong')) as never })).rejects.toMatchObject({
      ...refused,
      message: "What is saved as block 'job/wrong' has a block of type 'api-token' at 'login', which takes login.",
    });
    const open = defineBlock('open', { schema: z.object({ any: z.unknown() }) });
    await expect(open.save('wrong', { any: await login.load('wrong') })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('which takes no block'),
    });
  });

  test('is told by the schema as Prefect tells it: a reference to its definition, and the checksum of its own schema', async () => {
    const [of] = await client.request('POST /block_types/filter', { body: { block_types: { slug: { any_: ['job'] } } } });
    const [schema] = await client.request('POST /block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [of?.id ?? ''] } } } });
    const [ofLogin] = await client.request('POST /block_types/filter', { body: { block_types: { slug: { any_: ['login'] } } } });
    const [own] = await client.request('POST /block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [ofLogin?.id ?? ''] } } } });
    expect(schema?.fields).toMatchObject({
      properties: {
        table: { type: 'string', position: 0 },
        login: { $ref: '#/definitions/login', position: 1 },
        pick: { anyOf: [{ $ref: '#/definitions/login' }, { $ref: '#/definitions/api-token' }, { type: 'null' }], default: null, position: 2 },
      },
      secret_fields: ['login.password', 'pick.password', 'pick.token'],
      block_schema_references: {
        login: { block_type_slug: 'login', block_schema_checksum: own?.checksum },
        pick: [{ block_type_slug: 'login' }, { block_type_slug: 'api-token' }],
      },
      definitions: { login: { block_type_slug: 'login', secret_fields: ['password'] }, 'api-token': { block_type_slug: 'api-token' } },
    });
  });
});

describe('refused with a next step is', () => {
  test('a name that no block has, and a type that is not there', async () => {
    const missing = { code: 'NOT_FOUND', hint: expect.stringContaining('sluice block ls') };
    await expect(credentials.load('nobody')).rejects.toMatchObject({ ...missing, message: "There is no block 'shop-credentials/nobody'." });
    await expect(defineBlock('no-such-type', { schema: z.object({}) }).load('x')).rejects.toMatchObject(missing);
  });

  test('a value that does not fit, when it is saved and when it is loaded: nothing is written', async () => {
    await expect(credentials.save('wrong', { user: 7 } as never)).rejects.toMatchObject({
      code: 'BLOCK_INVALID',
      details: [expect.stringMatching(/^user: /), expect.stringMatching(/^password: /)],
    });
    await expect(credentials.load('wrong')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await credentials.save('other', { user: 'a', password: 'b' });
    const wider = defineBlock('shop-credentials', { schema: z.object({ region: z.string() }) });
    await expect(wider.load('other')).rejects.toMatchObject({
      code: 'BLOCK_INVALID',
      message: expect.stringMatching(/'shop-credentials\/other'.*region: /),
    });
  });

  test('a value that JSON does not hold, by its place: it may be secret', async () => {
    const error = await credentials.save('nul', { user: 'a', password: 'hunter\0' }).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'BLOCK_INVALID', message: expect.stringContaining("'password'") });
    expect(JSON.stringify([error.message, error.details])).not.toContain('hunter');
  });

  test.each([
    ['a slug with a blank', 'no slug', { schema: z.object({}) }, /slug is 'no slug'/],
    ['no schema', 'a', {}, /schema is null/],
    ['a schema of a text', 'a', { schema: z.string() }, /not one of an object/],
    ['a secret that is no field', 'a', { schema: z.object({ user: z.string() }), secrets: ['pass'] }, /secret 'pass' is no field/],
    ['a block that is no field', 'a', { schema: z.object({ user: z.string() }), blocks: { pass: credentials } }, /block 'pass' is no field/],
    ['a block that is none', 'a', { schema: z.object({ user: z.string() }), blocks: { user: {} } }, /blocks is .*defineBlock/],
    ['a field without a JSON schema', 'a', { schema: z.object({ at: z.date() }) }, /z\.coerce\.date/],
  ])('%s', (_, slug, options, message) => {
    expect(() => defineBlock(slug, options as never)).toThrow(expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }));
  });
});

test('fields are in the form of Prefect: definitions, places and secrets', () => {
  const json = {
    type: 'object',
    properties: { tree: { $ref: '#/$defs/Tree' }, password: { type: 'string' } },
    required: ['tree'],
    additionalProperties: false,
    $defs: { Tree: { type: 'object', properties: { inner: { $ref: '#/$defs/Tree' } }, additionalProperties: { type: 'string' } } },
  };
  expect(blockFields({ slug: 'a-tree', name: 'A Tree', json, secrets: ['password'], inside: {} })).toEqual({
    title: 'A Tree',
    type: 'object',
    properties: { tree: { $ref: '#/definitions/Tree', position: 0 }, password: { type: 'string', format: 'password', writeOnly: true, position: 1 } },
    required: ['tree'],
    definitions: { Tree: { type: 'object', properties: { inner: { $ref: '#/definitions/Tree' } }, additionalProperties: { type: 'string' } } },
    block_type_slug: 'a-tree',
    secret_fields: ['password'],
    block_schema_references: {},
  });
});
