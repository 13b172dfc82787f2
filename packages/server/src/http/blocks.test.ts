import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlockDocument, BlockSchema, BlockType } from '@sluice/core/model/block';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const WORD = 'canary0815';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
});
afterAll(() => server.stop());

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);
const post = async <T>(path: string, body: object): Promise<T> => {
  const { status, json, text } = await send('POST', path, { body });
  expect(status, text).toBeLessThan(300);
  return json as T;
};
const read = async (id: string, secrets = true) =>
  (await send('GET', `/block_documents/${id}?include_secrets=${secrets}`)).json as BlockDocument & { data: Record<string, unknown> };

let made = 0;
/** A type with a schema of these fields. */
async function aType(fields: object = { secret_fields: ['password'] }): Promise<{ block_type_id: string; block_schema_id: string }> {
  const slug = `kind-${++made}`;
  const { id: block_type_id } = await post<BlockType>('/block_types/', { name: slug, slug });
  const { id: block_schema_id } = await post<BlockSchema>('/block_schemas/', { block_type_id, fields: { title: slug, ...fields } });
  return { block_type_id, block_schema_id };
}
const save = (type: object, name: string, data: object) => post<BlockDocument>('/block_documents/', { ...type, name, data });

describe('block types', () => {
  test('of both generations of Prefect are there when the server starts, with their schemas', async () => {
    const types = await post<BlockType[]>('/block_types/filter', {});
    expect(types.map(({ slug }) => slug)).toEqual(expect.arrayContaining(['secret', 'json', 'string', 'date-time', 'webhook', 'local-file-system']));
    expect(types.find(({ slug }) => slug === 'secret')).toMatchObject({ name: 'Secret', is_protected: true });
    const schemas = await post<BlockSchema[]>('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [types[0]?.id] } } });
    const [schema] = schemas;
    expect((await send('GET', `/block_schemas/checksum/${schema?.checksum}`)).json).toEqual(schema);
    expect((await send('GET', '/block_schemas/checksum/sha256:none')).status).toBe(404);
    expect(await send('POST', '/block_types/install_system_block_types')).toMatchObject({ status: 200, text: 'null' });
    expect(await post<BlockType[]>('/block_types/filter', {})).toEqual(types);
  });

  test('that Prefect itself needs are not deleted, nor are their schemas', async () => {
    const { json } = await send('GET', '/block_types/slug/secret');
    const { id } = json as BlockType;
    expect(await send('DELETE', `/block_types/${id}`)).toMatchObject({ status: 403, json: { detail: 'protected block types cannot be deleted.' } });
    const [schema] = await post<BlockSchema[]>('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [id] } } });
    expect((await send('DELETE', `/block_schemas/${schema?.id}`)).status).toBe(403);
    expect((await send('PATCH', `/block_types/${id}`, { body: { logo_url: 'https://example.org/x.png' } })).status).toBe(204);
  });

  test('have one name and slug, none that begins with Prefect, and go with all their blocks', async () => {
    const type = await aType();
    const { slug } = (await send('GET', `/block_types/${type.block_type_id}`)).json as BlockType;
    expect(await send('POST', '/block_types/', { body: { name: slug, slug: 'other' } })).toMatchObject({ status: 409 });
    expect(await send('POST', '/block_types/', { body: { name: 'Prefect Thing', slug: 'thing' } })).toMatchObject({ status: 403 });
    expect(await send('POST', '/block_types/', { body: { name: 'x', slug: 'Not Good' } })).toMatchObject({ status: 422 });
    const { id } = await save(type, 'one', {});
    expect((await send('DELETE', `/block_types/${type.block_type_id}`)).status).toBe(204);
    expect((await send('GET', `/block_documents/${id}`)).status).toBe(404);
  });

  test('are left out of a server that is told so', async () => {
    const bare = await startTestServer(inject('postgres'), { blocks_register_on_start: 'false' });
    expect((await call(bare.url, 'POST', '/block_types/filter', { body: {} })).json).toEqual([]);
    await bare.stop();
  });
});

describe('a block schema', () => {
  test('is made once for all who send it, and keeps its numbers as they were written', async () => {
    const { block_type_id } = await aType();
    const body = `{"block_type_id": "${block_type_id}", "fields": {"properties": {"timeout": {"default": 60.0}}}, "capabilities": ["a"]}`;
    const first = await send('POST', '/block_schemas/', { raw: body });
    const again = await send('POST', '/block_schemas/', { raw: body });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.json).toEqual(first.json);
    expect(first.text).toContain('60.0');
    const other = await send('POST', '/block_schemas/', { raw: body.replace('60.0', '60') });
    expect(other.status).toBe(201);
    expect((other.json as BlockSchema).checksum).not.toBe((first.json as BlockSchema).checksum);
    expect((await send('GET', '/block_capabilities/')).json).toContain('a');
  });

  test('brings the schemas of the blocks inside of it', async () => {
    const outer = await aType();
    const inner = await aType();
    const { slug } = (await send('GET', `/block_types/${inner.block_type_id}`)).json as BlockType;
    const fields = {
      properties: { inner: { $ref: '#/definitions/Inner' } },
      block_schema_references: { inner: { block_type_slug: slug, block_schema_checksum: 'sha256:none' } },
      definitions: { Inner: { title: 'Inner', block_type_slug: slug } },
    };
    const schema = await post<BlockSchema>('/block_schemas/', { block_type_id: outer.block_type_id, fields });
    expect(schema.fields).toEqual(fields);
    const nested = await post<BlockSchema[]>('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [inner.block_type_id] } } });
    expect(nested.map(({ fields }) => (fields as { title: string }).title)).toContain('Inner');
    const unknown = { ...fields, block_schema_references: { inner: { block_type_slug: 'no-such', block_schema_checksum: 'x' } } };
    expect(await send('POST', '/block_schemas/', { body: { block_type_id: outer.block_type_id, fields: unknown } })).toMatchObject({ status: 409 });
  });
});

describe('a secret of a block', () => {
  test('is hidden unless it is asked for', async () => {
    const { id } = await save(await aType(), 'hidden', { password: WORD, host: 'h' });
    expect((await read(id, false)).data).toEqual({ password: '********', host: 'h' });
    expect((await send('GET', `/block_documents/${id}`)).text).not.toContain(WORD);
    expect((await read(id)).data).toEqual({ password: WORD, host: 'h' });
    const filter = { block_documents: { id: { any_: [id] } } };
    expect(await post('/block_documents/filter', { ...filter, include_secrets: true })).toMatchObject([{ data: { password: WORD } }]);
    expect(await post('/block_documents/filter', filter)).toMatchObject([{ data: { password: '********' } }]);
  });

  test('is nowhere in the database, nor in the log, nor in a refusal', async () => {
    const type = await aType();
    await save(type, 'nowhere', { password: WORD });
    for (const body of [
      { ...type, name: 'NOT GOOD', data: { password: WORD } },
      { ...type, name: 'nowhere', data: { password: WORD } },
    ]) {
      const answer = await send('POST', '/block_documents/', { body });
      expect([409, 422]).toContain(answer.status);
      expect(answer.text).not.toContain(WORD);
    }
    const client = new pg.Client(server.databaseUrl);
    await client.connect();
    const { rows } = await client.query<{ text: string }>('select row_to_json(d)::text as text from block_document d').finally(() => client.end());
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ text }) => text.includes(WORD))).toEqual([]);
    const logs = join(server.home, 'logs');
    for (const file of await readdir(logs)) expect(await readFile(join(logs, file), 'utf8')).not.toContain(WORD);
  });

  test('stays when a client sends back what it has read hidden', async () => {
    const { id } = await save(await aType(), 'sent-back', { password: WORD, host: 'old' });
    await send('PATCH', `/block_documents/${id}`, { body: { data: { password: '********', host: 'new' } } });
    expect((await read(id)).data).toEqual({ password: WORD, host: 'new' });
  });
});

describe('a block', () => {
  test('is changed field by field, or all at once', async () => {
    const { id } = await save(await aType(), 'changed', { a: 1, b: 2 });
    await send('PATCH', `/block_documents/${id}`, { body: { data: { b: 3 } } });
    expect((await read(id)).data).toEqual({ a: 1, b: 3 });
    await send('PATCH', `/block_documents/${id}`, { body: { data: { c: 4 }, merge_existing_data: false } });
    expect((await read(id)).data).toEqual({ c: 4 });
  });

  test('takes another schema of its type, and of no other', async () => {
    const [type, other] = [await aType(), await aType()];
    const { id } = await save(type, 'migrates', { a: 1 });
    const { id: next } = await post<BlockSchema>('/block_schemas/', { block_type_id: type.block_type_id, fields: { title: 'next' } });
    expect((await send('PATCH', `/block_documents/${id}`, { body: { block_schema_id: next } })).status).toBe(204);
    expect(await read(id)).toMatchObject({ block_schema_id: next, block_schema: { fields: { title: 'next' } }, data: { a: 1 } });
    expect((await send('PATCH', `/block_documents/${id}`, { body: { block_schema_id: other.block_schema_id } })).status).toBe(400);
  });

  test('shows what is inside of it as it is now', async () => {
    const type = await aType();
    const inner = await save(type, 'inner', { password: WORD });
    const outer = await save(type, 'outer', { warehouse: { $ref: { block_document_id: inner.id } }, a: 1 });
    expect(outer.block_document_references).toMatchObject({ warehouse: { block_document: { id: inner.id, name: 'inner' } } });
    expect((await read(outer.id)).data).toEqual({ a: 1, warehouse: { password: WORD } });
    expect((await read(outer.id, false)).data).toEqual({ a: 1, warehouse: { password: '********' } });
    await send('PATCH', `/block_documents/${inner.id}`, { body: { data: { port: 1 } } });
    await send('PATCH', `/block_documents/${outer.id}`, { body: { data: { a: 2 } } });
    expect((await read(outer.id)).data).toEqual({ a: 2, warehouse: { password: WORD, port: 1 } });
    await send('PATCH', `/block_documents/${outer.id}`, { body: { data: { warehouse: null } } });
    expect(await read(outer.id)).toMatchObject({ data: { a: 2, warehouse: null }, block_document_references: {} });
  });

  test('is not inside of itself, and not inside so often that nobody could read it', async () => {
    const type = await aType();
    const ref = (id: string) => ({ $ref: { block_document_id: id } });
    const inner = await save(type, 'circle-inner', {});
    const outer = await save(type, 'circle-outer', { a: ref(inner.id) });
    expect((await send('PATCH', `/block_documents/${inner.id}`, { body: { data: { b: ref(outer.id) } } })).status).toBe(400);
    expect((await send('PATCH', `/block_documents/${inner.id}`, { body: { data: { b: ref(inner.id) } } })).status).toBe(400);
    let { id } = inner;
    const twice = (name: string) => ({ ...type, name, data: { a: ref(id), b: ref(id) } });
    for (let level = 0; level < 6; level++) ({ id } = await post<BlockDocument>('/block_documents/', twice(`level-${level}`)));
    expect(await send('POST', '/block_documents/', { body: twice('level-6') })).toMatchObject({ status: 400, json: { code: 'BLOCK_INVALID' } });
    expect(await post('/block_documents/filter', { block_documents: { name: { any_: ['level-6'] } } })).toEqual([]);
  });

  test('has one name in its type; an anonymous one is given a name, and listed only when asked for', async () => {
    const type = await aType();
    await save(type, 'named', {});
    expect(await send('POST', '/block_documents/', { body: { ...type, name: 'named' } })).toMatchObject({
      status: 409,
      json: { detail: 'Block already exists' },
    });
    expect((await send('POST', '/block_documents/', { body: type })).status).toBe(422);
    const anonymous = await post<BlockDocument>('/block_documents/', { ...type, is_anonymous: true });
    expect(anonymous.name).toMatch(/^anonymous-/);
    const of = (more: object) => ({ block_documents: { block_type_id: { any_: [type.block_type_id] }, ...more } });
    expect(await post('/block_documents/filter', of({}))).toMatchObject([{ name: 'named' }]);
    expect(await post('/block_documents/filter', of({ is_anonymous: { eq_: true } }))).toMatchObject([{ id: anonymous.id }]);
    expect(await post('/block_documents/filter', of({ is_anonymous: null }))).toHaveLength(2);
    expect(await post('/block_documents/count', of({}))).toBe(1);
  });

  test.each([
    ['of no type', { block_type_id: crypto.randomUUID() }, 404],
    ['of no schema', { block_schema_id: crypto.randomUUID() }, 404],
    ['with a block inside that is not there', { data: { a: { $ref: { block_document_id: crypto.randomUUID() } } } }, 404],
    ['with a reference to nothing', { data: { a: { $ref: {} } } }, 400],
    ['with a name in capitals', { name: 'Name' }, 422],
  ])('%s is refused', async (_what, wrong, status) => {
    expect(await send('POST', '/block_documents/', { body: { ...(await aType()), name: 'refused', ...wrong } })).toMatchObject({ status });
  });
});
