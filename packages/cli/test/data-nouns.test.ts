import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@sluice/client';
import { startTestServer } from '@sluice/server/testing';
import { beforeAll, expect, inject, test } from 'vitest';
import { startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

let client: Client;
let sluice: Sluice;
let folder: string;

beforeAll(async () => {
  const started = await startCommand();
  ({ client, sluice } = started);
  folder = await mkdtemp(join(tmpdir(), 'sluice-nouns-'));
  return async () => {
    await rm(folder, { recursive: true });
    await started.stop();
  };
});

const run = (...words: string[]) => sluice.run(words);
const lines = (text: string) => text.trimEnd().split('\n');
const json = async (...words: string[]) => JSON.parse((await run(...words, '-o', 'json')).stdout);

test('artifacts are listed by their keys, shown with their data, and deleted', async () => {
  for (const data of ['one', 'two']) {
    await client.request('POST /artifacts/', { body: { key: 'rows', type: 'markdown', data, description: 'loaded' } });
  }
  await client.request('POST /artifacts/', { body: { key: 'link', type: 'markdown', data: 'x' } });
  const list = lines((await run('artifact', 'ls')).stdout).map((line) => line.split('\t').slice(1, 4));
  expect(list).toEqual(
    expect.arrayContaining([
      ['rows', 'markdown', 'loaded'],
      ['link', 'markdown', ''],
    ]),
  );
  expect(list).toHaveLength(2);
  expect(await json('artifact', 'ls', '--all')).toHaveLength(3);
  expect(await json('artifact', 'ls', '--all', '--limit', '1')).toHaveLength(1);
  const newest = await run('artifact', 'inspect', 'rows', '--limit', '1');
  expect(newest.stdout).toMatch(/^Data\ttwo$/m);
  expect(await run('artifact', 'inspect', 'row')).toMatchObject({ code: 3, stderr: expect.stringContaining('Did you mean "rows"?') });
  const [{ id }] = await json('artifact', 'inspect', 'link');
  expect((await run('artifact', 'delete', '--id', id, '--yes')).stdout).toBe(`Deleted artifact ${id} of "link".\n`);
  expect(await run('artifact', 'delete', 'rows', '--yes')).toMatchObject({ code: 0 });
  expect(await json('artifact', 'ls', '--all')).toEqual([]);
  expect(await run('artifact', 'delete')).toMatchObject({ code: 2 });
});

test('blocks are listed and shown without their secrets, and go with their type', async () => {
  const { id: block_type_id } = await client.request('POST /block_types/', {
    body: { name: 'Warehouse', slug: 'warehouse', description: 'A place' },
  });
  const fields = { title: 'Warehouse', type: 'object', secret_fields: ['password'], properties: {} };
  const { id: block_schema_id } = await client.request('POST /block_schemas/', { body: { block_type_id, fields } });
  const data = { host: 'db', password: 's3cret' };
  const { id } = await client.request('POST /block_documents/', { body: { name: 'main', data, block_type_id, block_schema_id } });
  expect((await run('block', 'ls')).stdout).toMatch(new RegExp(`^${id}\tWarehouse\tmain\twarehouse/main\t`));
  const shown = await run('block', 'inspect', 'warehouse/main');
  expect(shown.stdout).toMatch(/^host\tdb$/m);
  expect(shown.stdout).toMatch(/^password\t\*+$/m);
  expect(await json('block', 'inspect', '--id', id)).toMatchObject({ name: 'main', data: { host: 'db' } });
  expect(await run('block', 'inspect', 'warehouse/mein')).toMatchObject({ code: 3, stderr: expect.stringContaining('"warehouse/main"') });
  expect(await run('block', 'inspect', 'main')).toMatchObject({ code: 2, stderr: expect.stringContaining('type/name') });
  expect((await json('block', 'type', 'ls')).map(({ slug }: { slug: string }) => slug)).toEqual(expect.arrayContaining(['secret', 'warehouse']));
  expect((await run('block', 'type', 'inspect', 'warehouse')).stdout).toMatch(/^Description\tA place$/m);
  expect(await run('block', 'type', 'inspect', 'secrets')).toMatchObject({ code: 3, stderr: expect.stringContaining('"secret"') });
  expect(await run('block', 'delete', 'warehouse/main', '--yes')).toMatchObject({ code: 0, stdout: 'Deleted block warehouse/main.\n' });
  expect(await run('block', 'type', 'delete', 'warehouse', '--yes')).toMatchObject({ code: 0 });
  expect(await run('block', 'type', 'delete', 'secret', '--yes')).toMatchObject({ code: 4 });
});

test('a type of blocks that a file defines is registered, and a block of it made at the prompt', async () => {
  const blocks = fileURLToPath(new URL('fixtures/project/blocks.ts', import.meta.url));
  expect(await run('block', 'register', '--file', blocks)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Registered block type "shop-credentials"\. Make a block of it with: .*block create shop-credentials$/m),
  });
  expect(await json('block', 'register', '-f', blocks)).toMatchObject([{ slug: 'shop-credentials', description: 'How to get into the shop' }]);

  const about = await run('block', 'create', 'shop-credentials');
  expect(lines(about.stdout).slice(0, 3)).toEqual(['user (string)', 'password (string, secret)', 'port (integer, may be left out)']);
  const made = await json('block', 'create', 'shop-credentials', '--name', 'shop', '--set', 'user=0012', '-p', 'password=s=3', '--set', 'port=1');
  expect(made).toMatchObject({ name: 'shop', data: { user: '0012', password: '********', port: 1 } });
  const typed = { params: { slug: 'shop-credentials', block_document_name: 'shop' }, query: { include_secrets: 'true' } } as const;
  const read = () => client.request('GET /block_types/slug/{slug}/block_documents/name/{block_document_name}', typed);
  expect(await read()).toMatchObject({ data: { password: 's=3' } });

  const again = ['block', 'create', 'shop-credentials', '-n', 'shop', '--data', '-'];
  const input = JSON.stringify({ user: 'loader', password: 'other' });
  expect(await sluice.run(again, { input })).toMatchObject({ code: 1, stderr: expect.stringContaining('--overwrite') });
  expect(await sluice.run([...again, '--overwrite'], { input })).toEqual({ code: 0, stdout: 'Stored block shop-credentials/shop.\n', stderr: '' });
  expect((await read()).data).toEqual({ user: 'loader', password: 'other' });

  const create = (...words: string[]) => run('block', 'create', 'shop-credentials', '--name', 'x', ...words);
  expect(await create('--set', 'usr=a')).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean "user"?') });
  expect(await create('--set', 'user=a')).toMatchObject({ code: 2, stderr: expect.stringContaining('also needs password') });
  expect(await create('--set', 'user=a', '--set', 'password=b', '--set', 'port=x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('The field port is a whole number'),
  });
  expect(await create('--data', '{"user": "a", "password": "b", "port": "x"}')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('takes integer as "port"'),
  });
  expect(await create('--data', '[1]')).toMatchObject({ code: 2, stderr: expect.stringContaining('--data is not a JSON object') });
  expect(await run('block', 'create', 'shop-credentials', '--set', 'user=a')).toMatchObject({ code: 2, stderr: expect.stringContaining('--name') });
  expect(await run('block', 'create', 'shop-credential')).toMatchObject({ code: 3, stderr: expect.stringContaining('"shop-credentials"') });
  expect(await run('block', 'register')).toMatchObject({ code: 2, stderr: expect.stringContaining('--file') });
  expect(await run('block', 'register', '--file', blocks.replace('blocks.ts', 'greet.ts'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('exports no block type'),
  });
  expect(await run('block', 'register', '--file', join(folder, 'none.ts'))).toMatchObject({ code: 3, stderr: expect.stringContaining('none.ts') });
});

const YAML_AUTOMATIONS = `
automations:
  - name: too-slow
    enabled: false
    trigger: # what follows is Prefect's own example
      type: event
      posture: Proactive
      after: [prefect.flow-run.Running]
      expect:
        - prefect.flow-run.Completed
      for_each: ["prefect.resource.id"]
      within: 300
    actions:
      - type: cancel-flow-run
  - name: nothing
    trigger: { type: event, posture: Reactive, expect: [order.shipped] }
    actions: [{ type: do-nothing }]
`;

test('an automation is created, shown, switched, replaced by what was shown, and deleted', async () => {
  const automation = {
    name: 'tell-me',
    trigger: { type: 'event', posture: 'Reactive', expect: ['order.shipped'] },
    actions: [{ type: 'do-nothing' }],
  };
  const path = join(folder, 'automation.json');
  await writeFile(path, JSON.stringify({ automations: [automation] }));
  expect((await run('automation', 'create', '--from-file', path)).stdout).toMatch(/^Created automation "tell-me" \(.*\)\.$/m);
  expect(lines((await run('automation', 'ls')).stdout).map((line) => line.split('\t').slice(0, 4))).toEqual([
    ['tell-me', 'true', 'Reactive: order.shipped', 'do-nothing'],
  ]);
  expect((await run('automation', 'pause', 'tell-me')).stdout).toBe('Paused automation "tell-me".\n');
  const paused = await json('automation', 'inspect', 'tell-me');
  expect(paused).toMatchObject({ enabled: false });
  expect(await json('automation', 'resume', '--id', paused.id)).toMatchObject({ enabled: true });
  const changed = JSON.stringify({ ...paused, description: 'when an order leaves' });
  expect(await json('automation', 'update', 'tell-me', '--from-json', changed)).toMatchObject({
    enabled: false,
    description: 'when an order leaves',
  });
  expect(await run('automation', 'inspect', 'tell')).toMatchObject({ code: 3, stderr: expect.stringContaining('"tell-me"') });
  await run('automation', 'create', '--from-json', JSON.stringify(automation));
  expect(await run('automation', 'inspect', 'tell-me')).toMatchObject({ code: 1, stderr: expect.stringContaining(`--id ${paused.id}`) });
  expect(await run('automation', 'delete', '--all', '--yes')).toMatchObject({ code: 0 });
  expect(await json('automation', 'ls')).toEqual([]);

  const yaml = join(folder, 'automation.yaml');
  await writeFile(yaml, YAML_AUTOMATIONS);
  expect(lines((await run('automation', 'create', '--from-file', yaml)).stdout)).toHaveLength(2);
  expect(await json('automation', 'inspect', 'too-slow')).toMatchObject({
    enabled: false,
    trigger: { posture: 'Proactive', within: 300, expect: ['prefect.flow-run.Completed'] },
    actions: [{ type: 'cancel-flow-run' }],
  });
  await writeFile(yaml, 'name: [tell');
  expect(await run('automation', 'create', '-f', yaml)).toMatchObject({ code: 2, stderr: expect.stringMatching(/is not YAML: .*line 1/) });
  await writeFile(path, 'name: tell-me');
  expect(await run('automation', 'create', '--from-file', path)).toMatchObject({ code: 2, stderr: expect.stringContaining('is not JSON') });
  expect(await run('automation', 'create', '--from-file', join(folder, 'none'))).toMatchObject({ stderr: expect.stringContaining('none') });
  expect(await run('automation', 'create', '--from-json', '{"name": "x"}')).toMatchObject({ code: 2 });
  expect(await run('automation', 'create')).toMatchObject({ code: 2, stderr: expect.stringContaining('--from-file') });
});

test('an event is emitted as it was told', async () => {
  const emitted = await run('event', 'emit', 'order.shipped', '--resource-id', 'order-1', '-r', 'kind=book', '--payload', '{"tracking": "A1"}');
  expect(emitted).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Emitted event "order.shipped" \(.*\)\.\n$/) });
  const { events } = await client.request('POST /events/filter', { body: { filter: { event: { name: ['order.shipped'] } } as never } });
  expect(events).toMatchObject([{ resource: { 'prefect.resource.id': 'order-1', kind: 'book' }, payload: { tracking: 'A1' } }]);
  expect(await run('event', 'emit', 'order.shipped')).toMatchObject({ code: 2, stderr: expect.stringContaining('--resource-id ID') });
  expect(await run('event', 'emit', 'x', '--resource-id', 'a', '--payload', '[1')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--payload'),
  });
  expect(await run('event', 'emit', 'x', '-r', 'nothing')).toMatchObject({ code: 2, stderr: expect.stringContaining('key=value') });
});

test('events are printed as they happen, and Ctrl+C ends that', async () => {
  const stream = sluice.start(['event', 'stream', '--format', 'text']);
  await stream.until(/Waiting for events/);
  await run('event', 'emit', 'order.paid', '--resource-id', 'order-2');
  await stream.until(/order\.paid order-2$/m);
  stream.signal('SIGINT');
  expect((await stream.ended).code).toBe(130);

  const path = join(folder, 'events.jsonl');
  const once = await run('event', 'stream', '--run-once', '--output-file', path);
  expect(once).toMatchObject({ code: 0, stdout: '' });
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    event: expect.any(String),
    resource: { 'prefect.resource.id': expect.any(String) },
  });
});

test('events of a server with a key are told to whoever has it', async () => {
  await using closed = await startTestServer(inject('postgres'), { api_key: 'the-key-of-this-server' });
  const env = { SLUICE_API_URL: closed.url, SLUICE_API_KEY: 'the-key-of-this-server' };
  await sluice.run(['event', 'emit', 'order.paid', '--resource-id', 'order-3'], { env });
  const once = await sluice.run(['event', 'stream', '--run-once', '-o', 'json'], { env });
  expect(JSON.parse(once.stdout)).toMatchObject({ event: 'order.paid' });
  const other = await sluice.run(['event', 'stream', '--run-once'], { env: { ...env, SLUICE_API_KEY: 'another' } });
  expect(other).toMatchObject({ code: 4, stdout: '' });
});

test('flows are listed, the newest first, and a task run has its log', async () => {
  for (const name of ['first', 'second']) await client.request('POST /flows/', { body: { name, tags: ['t'] } });
  expect(lines((await run('flow', 'ls')).stdout).map((line) => line.split('\t').slice(1, 3))).toEqual([
    ['second', 't'],
    ['first', 't'],
  ]);
  expect(await json('flow', 'ls', '--limit', '1')).toMatchObject([{ name: 'second' }]);

  const [{ id: flow_id }] = await json('flow', 'ls');
  const { id: flow_run_id } = await client.request('POST /flow_runs/', { body: { flow_id } });
  const { id: task_run_id } = await client.request('POST /task_runs/', { body: { flow_run_id, task_key: 'load', dynamic_key: '0', name: 'load-1' } });
  const line = (message: string, second: number, more: object = { task_run_id }) => ({
    ...{ name: 'task', level: 20, message, timestamp: `2026-01-01T00:00:0${second}Z`, flow_run_id, ...more },
  });
  await client.request('POST /logs/', { body: [line('one', 1), line('two', 2), line('three', 3), line('of the flow', 4, {})] });
  const messages = async (...words: string[]) =>
    (await json('task-run', 'logs', 'load-1', ...words)).map(({ message }: { message: string }) => message);
  expect(await messages()).toEqual(['one', 'two', 'three']);
  expect(await messages('--tail', '-n', '2')).toEqual(['two', 'three']);
  expect(await messages('--head', '-n', '2', '--reverse')).toEqual(['two', 'one']);
  expect(await messages('--tail', '-n', '2', '--reverse')).toEqual(['three', 'two']);
  expect((await run('task-run', 'logs', task_run_id)).stdout).toMatch(/one\n.*two\n.*three\n$/);
  expect(await run('task-run', 'logs', 'load-9')).toMatchObject({ code: 3, stderr: expect.stringContaining('"load-1"') });
});
