import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
});
afterAll(() => server.stop());

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);
const create = (body: object) => send('POST', '/variables/', { body });
const TWO = { headers: { 'user-agent': 'python-httpx/0.27', 'x-prefect-api-version': '0.8.4' } };

describe('a variable', () => {
  test.each([[{ nested: [1, 2.5, null, 'x'] }], ['text'], [0], [false], [null], [[]]])('holds %j, and gives it back', async (value) => {
    const name = `v${crypto.randomUUID()}`;
    const made = await create({ name, value, tags: ['a', 'b'] });
    expect(made).toMatchObject({ status: 201, json: { name, value, tags: ['a', 'b'] } });
    expect((await send('GET', `/variables/name/${name}`)).json).toEqual(made.json);
    expect((await send('GET', `/variables/${(made.json as { id: string }).id}`)).json).toEqual(made.json);
  });

  test('is text for a client of Prefect 2', async () => {
    await create({ name: 'for_two', value: { a: 1 } });
    await create({ name: 'text_for_two', value: 'as it is' });
    expect((await send('GET', '/variables/name/for_two', TWO)).json).toMatchObject({ value: '{"a":1}' });
    expect((await send('GET', '/variables/name/text_for_two', TWO)).json).toMatchObject({ value: 'as it is' });
  });

  test('is changed where something is told, and has one name', async () => {
    const { json } = await create({ name: 'changes', value: 1, tags: ['t'] });
    expect(await send('PATCH', '/variables/name/changes', { body: { value: 2 } })).toMatchObject({ status: 204, text: '' });
    expect((await send('GET', '/variables/name/changes')).json).toMatchObject({ id: (json as { id: string }).id, value: 2, tags: ['t'] });
    await create({ name: 'taken', value: 1 });
    expect(await create({ name: 'taken', value: 2 })).toMatchObject({
      status: 409,
      json: { detail: "A variable with the name 'taken' already exists." },
    });
    expect(await send('PATCH', '/variables/name/changes', { body: { name: 'taken' } })).toMatchObject({ status: 409 });
    expect((await send('GET', '/variables/name/taken')).json).toMatchObject({ value: 1 });
  });

  test('that was deleted is not there', async () => {
    await create({ name: 'gone', value: 1 });
    expect((await send('DELETE', '/variables/name/gone')).status).toBe(204);
    expect(await send('GET', '/variables/name/gone')).toMatchObject({ status: 404, json: { detail: 'Variable not found' } });
    expect((await send('DELETE', '/variables/name/gone')).status).toBe(404);
  });

  test.each([
    ['a name with a space', { name: 'a b', value: 1 }],
    ['a name in capitals', { name: 'Name', value: 1 }],
    ['no name', { value: 1 }],
    ['a name of 256 characters', { name: 'a'.repeat(256), value: 1 }],
    ['no value', { name: 'no_value' }],
    ['a value of more than 5000 characters', { name: 'long', value: 'x'.repeat(5001) }],
    ['tags that are none', { name: 'tagged', value: 1, tags: 'a' }],
  ])('with %s is refused', async (_what, body) => {
    expect(await create(body)).toMatchObject({ status: 422, json: { exception_message: 'Invalid request received.' } });
  });
});

test('variables are listed by name, a page at a time, and counted', async () => {
  for (const name of ['list_c', 'list_a', 'list_b']) await create({ name, value: 1, tags: ['listed'] });
  const variables = { tags: { all_: ['listed'] } };
  const names = async (body: object) => ((await send('POST', '/variables/filter', { body })).json as { name: string }[]).map(({ name }) => name);
  expect(await names({ variables })).toEqual(['list_a', 'list_b', 'list_c']);
  expect(await names({ variables, sort: 'NAME_DESC', limit: 1, offset: 1 })).toEqual(['list_b']);
  expect((await send('POST', '/variables/count', { body: { variables } })).json).toBe(3);
});
