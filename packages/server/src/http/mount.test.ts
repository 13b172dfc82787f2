import { defineRoute } from '@sluice/core/api/route';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Reply } from './handlers.ts';
import { mount } from './mount.ts';

const common = { tag: 'test', ok: z.unknown() };
const routes = {
  'GET /json': defineRoute({ ...common, summary: 'A value' }),
  'GET /text': defineRoute({ ...common, summary: 'A text', reply: 'text' }),
  'GET /stream': defineRoute({ ...common, summary: 'Texts, as they come', reply: 'stream' }),
  'POST /small': defineRoute({ ...common, summary: 'Take a little', body: z.unknown(), bodyLimit: 20 }),
  'POST /usual': defineRoute({ ...common, summary: 'Take what is usual', body: z.unknown() }),
  'POST /mended': defineRoute({ ...common, summary: 'Take any text', body: z.unknown(), mends: true }),
};
const echo = async ({ body }: { body: unknown }) => body;
const handlers = {
  'GET /json': async () => 'a "word"',
  'GET /text': async () => 'a "word"',
  'GET /stream': async () =>
    new Reply(
      (async function* () {
        yield 'data: 1\n\n';
        yield 'data: 2\n\n';
      })(),
    ),
  'POST /small': echo,
  'POST /usual': echo,
  'POST /mended': echo,
};

const app = Fastify();
app.decorateRequest('tokenOf', null);
mount(app, { routes, handlers }, { count: () => {}, runAccess: undefined });
const post = (url: string, value: unknown) => app.inject({ method: 'POST', url: `/api${url}`, payload: JSON.stringify(value) });

test.each([
  ['json', 'application/json; charset=utf-8', '"a \\"word\\""'],
  ['text', 'text/plain; charset=utf-8', 'a "word"'],
  ['stream', 'text/event-stream; charset=utf-8', 'data: 1\n\ndata: 2\n\n'],
])('a row says that its answer is %s', async (kind, type, body) => {
  const answer = await app.inject(`/api/${kind}`);
  expect(answer.headers['content-type']).toBe(type);
  expect(answer.body).toBe(body);
});

test('a row says how large its bodies may be', async () => {
  expect((await post('/small', 'x'.repeat(10))).statusCode).toBe(200);
  expect((await post('/small', 'x'.repeat(20))).json()).toMatchObject({ code: 'BODY_TOO_LARGE' });
  expect((await post('/usual', 'x'.repeat(20))).statusCode).toBe(200);
});

test('a row says that its schema mends what the database cannot store; elsewhere that is refused', async () => {
  expect((await post('/mended', 'a\u0000b')).json()).toBe('a\u0000b');
  expect((await post('/usual', 'a\u0000b')).json()).toMatchObject({ code: 'INVALID_TEXT' });
});
