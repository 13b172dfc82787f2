import { createClient } from '@sluice/client';
import { startTestServer } from '@sluice/server/testing';
import { expect, inject, test } from 'vitest';

test('a server on an empty database migrates it and is ready', async () => {
  await using server = await startTestServer(inject('postgres'));
  const client = createClient({ apiUrl: server.url });
  expect(await client.request('GET /ready')).toEqual({ message: 'OK' });
  await client.close();
});
