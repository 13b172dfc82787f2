import { type Client, createClient } from '@sluice/client';
import { followEvents } from '@sluice/client/events';
import type { RecordTopic, Told } from '@sluice/core/events/topics';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let client: Client;
let blockType: string;
let blockSchema: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  client = createClient({ apiUrl: server.url });
  await client.request('POST /block_types/install_system_block_types');
  blockType = (await client.request('POST /block_types/', { body: { name: 'Told', slug: 'told' } })).id;
  const fields = { title: 'Told', type: 'object', properties: {}, block_type_slug: 'told' };
  blockSchema = (await client.request('POST /block_schemas/', { body: { block_type_id: blockType, fields } as never })).id;
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

/** Reads what the stream tells of these topics while `changes` are made, up to the word that all is done. */
async function toldOf(topics: readonly RecordTopic[], changes: () => Promise<void>): Promise<Told[]> {
  const stop = new AbortController();
  const told: Told[] = [];
  const last = 'the-last-one';
  for await (const each of followEvents(client, { topics: [...topics, 'concurrency_limit'] }, stop.signal)) {
    if (each.topic === 'ready') {
      await changes();
      await client.request('POST /v2/concurrency_limits/', { body: { name: last, limit: 1 } });
    } else if (each.topic === 'concurrency_limit' && 'name' in each.data && each.data.name === last) stop.abort();
    else if (each.topic !== 'concurrency_limit') told.push(each);
  }
  await client.request('DELETE /v2/concurrency_limits/{id_or_name}', { params: { id_or_name: last } });
  return told;
}

const trigger = { type: 'event', posture: 'Reactive', expect: ['a'] };
const automation = { name: 'told', trigger, actions: [{ type: 'do-nothing' }], owner_resource: 'x' } as never;

const NOUNS = {
  flow: {
    make: async () => (await client.request('POST /flows/', { body: { name: 'told' } })).id,
    change: (id: string) => client.request('PATCH /flows/{id}', { params: { id }, body: { tags: ['a'] } }),
    remove: (id: string) => client.request('DELETE /flows/{id}', { params: { id } }),
    shown: { name: 'told' },
  },
  automation: {
    make: async () => (await client.request('POST /automations/', { body: automation })).id,
    change: (id: string) => client.request('PATCH /automations/{id}', { params: { id }, body: { enabled: false } }),
    remove: (id: string) => client.request('DELETE /automations/{id}', { params: { id } }),
    shown: { name: 'told' },
  },
  artifact: {
    make: async () => (await client.request('POST /artifacts/', { body: { key: 'told', type: 'progress', data: 3 } })).id,
    change: (id: string) => client.request('PATCH /artifacts/{id}', { params: { id }, body: { data: 4 } }),
    remove: (id: string) => client.request('DELETE /artifacts/{id}', { params: { id } }),
    shown: { key: 'told', type: 'progress', flow_run_id: null },
  },
  variable: {
    make: async () => (await client.request('POST /variables/', { body: { name: 'told', value: 'hush' } })).id,
    change: () => client.request('PATCH /variables/name/{name}', { params: { name: 'told' }, body: { value: 'hush again' } }),
    remove: () => client.request('DELETE /variables/name/{name}', { params: { name: 'told' } }),
    shown: { name: 'told' },
  },
  block_document: {
    make: async () => {
      const body = { name: 'told', block_type_id: blockType, block_schema_id: blockSchema, data: { a: 'hush' } };
      return (await client.request('POST /block_documents/', { body })).id;
    },
    change: (id: string) => client.request('PATCH /block_documents/{id}', { params: { id }, body: { data: { a: 'hush again' } } }),
    remove: (id: string) => client.request('DELETE /block_documents/{id}', { params: { id } }),
    shown: { name: 'told' },
  },
} as const;

describe.each(Object.entries(NOUNS) as [keyof typeof NOUNS, (typeof NOUNS)[keyof typeof NOUNS]][])('%s', (topic, { make, change, remove, shown }) => {
  test('is told of when it is made, changed and gone, without what it holds', async () => {
    let id = '';
    const made = await toldOf([topic], async () => {
      id = await make();
    });
    const changed = await toldOf([topic], async () => void (await change(id)));
    for (const told of [made, changed]) {
      expect(told).toEqual([{ topic, data: expect.objectContaining({ id, ...shown }) }]);
      expect(JSON.stringify(told)).not.toContain('hush');
    }
    expect(await toldOf([topic], async () => void (await remove(id)))).toEqual([{ topic, data: { id, deleted: true } }]);
  });
});

test('automations that go with their owner are told of without their names', async () => {
  await client.request('POST /automations/', { body: automation });
  const owner = { params: { resource_id: 'x' } };
  const gone = async () => void (await client.request('DELETE /automations/owned-by/{resource_id}', owner));
  expect(await toldOf(['automation'], gone)).toEqual([{ topic: 'reset', data: { topics: ['automation'] } }]);
  expect(await toldOf(['automation'], gone)).toEqual([]);
});

test('a flow that is asked for before each run is told of once', async () => {
  const body = { name: 'asked-for' };
  const told = await toldOf(['flow'], async () => {
    for (let times = 0; times < 3; times++) await client.request('POST /flows/', { body });
  });
  expect(told).toMatchObject([{ topic: 'flow', data: body }]);
});
