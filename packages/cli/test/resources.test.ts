import type { Client } from '@sluice/client';
import { beforeAll, expect, test } from 'vitest';
import { startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

let url: string;
let client: Client;
let sluice: Sluice;

beforeAll(async () => {
  const started = await startCommand();
  ({ client, sluice, url } = started);
  return started.stop;
});

const lines = (text: string) => text.trimEnd().split('\n');

test('a work pool is created, limited, paused, resumed and deleted', async () => {
  const create = await sluice.run(['work-pool', 'create', 'etl-pool', '--type', 'process']);
  expect(create).toEqual({ code: 0, stdout: 'Created work pool "etl-pool" (type process).\n', stderr: '' });
  const again = await sluice.run(['work-pool', 'create', 'etl-pool']);
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('sluice work-pool inspect etl-pool shows it.') });

  const read = async () => client.request('GET /work_pools/{name}', { params: { name: 'etl-pool' } });
  await sluice.run(['work-pool', 'set-concurrency-limit', 'etl-pool', '5']);
  expect(await read()).toMatchObject({ concurrency_limit: 5 });
  await sluice.run(['work-pool', 'clear-concurrency-limit', 'etl-pool']);
  expect(await read()).toMatchObject({ concurrency_limit: null });
  await sluice.run(['work-pool', 'pause', 'etl-pool']);
  expect(await read()).toMatchObject({ is_paused: true });
  await sluice.run(['work-pools', 'resume', 'etl-pool']);
  expect(await read()).toMatchObject({ is_paused: false });

  const inspect = await sluice.run(['work-pool', 'inspect', 'etl-pool']);
  expect(lines(inspect.stdout)).toEqual(expect.arrayContaining(['Name\tetl-pool', 'Slots\t0/∞', 'Workers online\t0', 'Runs waiting\t0']));
  expect(await sluice.run(['work-pool', 'delete', 'etl-pool'])).toMatchObject({ code: 0 });
  await expect(read()).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test("a tag's limit is created, listed, shown, reset and deleted", async () => {
  expect(await sluice.run(['concurrency-limit', 'create', 'disk', '4'])).toMatchObject({ code: 0, stderr: '' });
  const list = await sluice.run(['concurrency-limit', 'ls']);
  expect(lines(list.stdout).map((line) => line.split('\t').slice(0, 3))).toContainEqual(['disk', '4', '0']);
  const record = await client.request('GET /concurrency_limits/tag/{tag}', { params: { tag: 'disk' } });
  const inspect = await sluice.run(['concurrency-limit', 'inspect', 'disk', '-o', 'json']);
  expect(JSON.parse(inspect.stdout)).toEqual(record);
  const [flow_run_id = ''] = await createRuns('holds', ['holder']);
  const { id } = await client.request('POST /task_runs/', { body: { flow_run_id, task_key: 'load', dynamic_key: '0', name: 'load-1' } });
  await client.request('POST /v2/concurrency_limits/increment-with-lease', {
    body: { names: ['tag:disk'], slots: 1, holder: { type: 'task_run', id } },
  });
  expect((await sluice.run(['concurrency-limit', 'inspect', 'disk'])).stdout).toMatch(/^Held by\tload-1 of holder \(.*\)$/m);
  const reset = await sluice.run(['concurrency-limit', 'reset', 'disk']);
  expect(reset).toMatchObject({ code: 0, stdout: 'Freed all slots of the tag "disk". Tasks that held one go on without it.\n' });
  expect((await client.request('GET /concurrency_limits/tag/{tag}', { params: { tag: 'disk' } })).active_slots).toEqual([]);
  expect(await sluice.run(['concurrency-limit', 'reset', 'disc'])).toMatchObject({ code: 3 });
  const wrong = await sluice.run(['concurrency-limit', 'inspect', 'disc']);
  expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('Did you mean "disk"?') });
  expect(await sluice.run(['concurrency-limit', 'delete', 'disk'])).toMatchObject({ code: 0 });
  expect(await sluice.run(['concurrency-limit', 'delete', 'disk'])).toMatchObject({ code: 3 });
});

async function createRuns(flow: string, names: readonly string[]): Promise<string[]> {
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: flow } });
  const create = async (name: string) =>
    client.request('POST /flow_runs/', { body: { flow_id, name, state: { type: 'SCHEDULED' }, parameters: { tab: 'a\tb' } } });
  return (await Promise.all(names.map(create))).map(({ id }) => id);
}

test('lists are tab-separated lines in a pipe, and the JSON is that of the API', async () => {
  const [id] = await createRuns('listed', ['one\tname\u001b[31m', 'two']);
  const plain = await sluice.run(['flow-run', 'ls', '--flow-name', 'listed'], { env: { FORCE_COLOR: '1' } });
  const cells = lines(plain.stdout).map((line) => line.split('\t'));
  expect(cells.map(([, flow, name, state]) => [flow, name, state])).toEqual(
    expect.arrayContaining([
      ['listed', 'two', 'Scheduled'],
      ['listed', 'one name [31m', 'Scheduled'],
    ]),
  );
  expect(plain.stdout).not.toContain('\u001b');

  const json = await sluice.run(['flow-run', 'ls', '--flow-name', 'listed', '-o', 'json']);
  const records = JSON.parse(json.stdout) as { id: string }[];
  const record = await client.request('GET /flow_runs/{id}', { params: { id: id as string } });
  expect(records).toHaveLength(2);
  expect(Object.keys(records[0] ?? {})).toEqual(Object.keys(record));
  const jsonl = await sluice.run(['flow-run', 'ls', '--flow-name', 'listed', '-o', 'jsonl']);
  expect(lines(jsonl.stdout).map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(records.map((each) => each.id));
});

test('a table is drawn when asked for, in colour with FORCE_COLOR', async () => {
  await createRuns('drawn', ['one']);
  const table = await sluice.run(['flow-run', 'ls', '--flow-name', 'drawn', '-o', 'table']);
  expect(table.stdout).toMatch(/^ID +Flow +Name +State +Start +Took +Worker\n/);
  expect(table.stdout).not.toContain('\u001b');
  const coloured = await sluice.run(['flow-run', 'ls', '--flow-name', 'drawn', '-o', 'table'], { env: { FORCE_COLOR: '1' } });
  expect(coloured.stdout).toContain('\u001b[33mScheduled\u001b[39m');
  const empty = await sluice.run(['flow-run', 'ls', '--flow-name', 'none', '-o', 'table']);
  expect(empty).toEqual({ code: 0, stdout: '', stderr: 'There are none.\n' });
});

test('a list goes over as many pages as it needs, and filters by state', async () => {
  await createRuns(
    'many',
    Array.from({ length: 205 }, (_, index) => `run-${index}`),
  );
  const all = await sluice.run(['flow-run', 'ls', '--flow-name', 'many', '--limit', '1000']);
  expect(lines(all.stdout)).toHaveLength(205);
  expect(lines((await sluice.run(['flow-run', 'ls', '--flow-name', 'many'])).stdout)).toHaveLength(15);
  const done = await sluice.run(['flow-run', 'ls', '--flow-name', 'many', '--state-type', 'completed']);
  expect(done).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('a run is found by id or name; an unknown one is told with the nearest names', async () => {
  const [id = ''] = await createRuns('found', ['brave-otter']);
  const byName = await sluice.run(['flow-run', 'inspect', 'brave-otter', '-o', 'json']);
  expect(JSON.parse(byName.stdout)).toMatchObject({ id });
  expect(await sluice.run(['flow-run', 'inspect', id])).toMatchObject({ code: 0, stdout: expect.stringContaining('Name\tbrave-otter') });
  const wrong = await sluice.run(['flow-run', 'inspect', 'brave-oter']);
  expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('Did you mean "brave-otter"?') });
});

test('of several runs with a name the newest is shown, but none is cancelled', async () => {
  await createRuns('twins', ['twin']);
  const [newest = ''] = await createRuns('twins', ['twin']);
  const shown = await sluice.run(['flow-run', 'inspect', 'twin', '-o', 'json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ id: newest });
  expect(shown.stderr).toBe('2 flow runs have the name "twin"; this is the newest.\n');
  const cancel = await sluice.run(['flow-run', 'cancel', 'twin']);
  expect(cancel).toMatchObject({ code: 2, stderr: expect.stringContaining(newest) });
});

test('a run without a process is cancelled at once; one that has ended is not', async () => {
  const [first = '', second = ''] = await createRuns('cancelled', ['first', 'second']);
  const both = await sluice.run(['flow-run', 'cancel', first, second]);
  expect(both).toEqual({ code: 0, stdout: "Cancelled 'first'.\nCancelled 'second'.\n", stderr: '' });
  const again = await sluice.run(['flow-run', 'cancel', first]);
  expect(again).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("'first' cannot be cancelled: Run is already in terminal state CANCELLED."),
  });
  expect(await sluice.run(['flow-run', 'watch', first])).toMatchObject({ code: 7, stdout: expect.stringContaining('is Cancelled') });
});

test('runs are cancelled, run again and deleted by a filter, after it was said how many they are', async () => {
  await createRuns('by-filter', ['one', 'two', 'three']);
  const chosen = ['--flow-name', 'by-filter'];
  const looked = await sluice.run(['flow-run', 'cancel', ...chosen, '--dry-run']);
  expect(looked).toEqual({ code: 0, stdout: '', stderr: '3 flow runs match. Nothing was done.\n' });
  expect(await sluice.run(['flow-run', 'cancel', ...chosen, '--yes'])).toMatchObject({
    code: 0,
    stdout: 'Cancelled, or told to stop, 3 flow runs.\n',
  });
  expect(await sluice.run(['flow-run', 'cancel', ...chosen])).toMatchObject({ code: 0, stderr: '0 flow runs match. Nothing was done.\n' });
  // They are of no deployment.
  const again = await sluice.run(['flow-run', 'retry', ...chosen, '--state', 'cancelled']);
  expect(again).toMatchObject({
    code: 1,
    stdout: 'Scheduled again 0 flow runs.\n',
    stderr: expect.stringContaining("(flow run 'two', from CANCELLED"),
  });
  const deleted = await sluice.run(['flow-run', 'delete', ...chosen, '-o', 'json']);
  expect(JSON.parse(deleted.stdout)).toHaveLength(3);
});

test('runs are named or chosen by a filter, one of both', async () => {
  expect(await sluice.run(['flow-run', 'delete'])).toMatchObject({ code: 2, stderr: expect.stringContaining('No flow run is named') });
  expect(await sluice.run(['flow-run', 'cancel', 'x', '--tag', 'a'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Runs are named, and'),
  });
  const one = await sluice.run(['flow-run', 'retry', '--tag', 'a', '--watch']);
  expect(one).toMatchObject({ code: 2, stderr: expect.stringContaining('--watch is for one flow run.') });
});

test('a run that has not ended cannot be run again', async () => {
  const [id = ''] = await createRuns('again', ['waits']);
  expect(await sluice.run(['flow-run', 'retry', id])).toMatchObject({ code: 1, stderr: expect.stringContaining('only a run that has ended') });
});

test('a run is given another state by hand, with the reason; a rule that refuses it says why, and can be left out', async () => {
  const [id = ''] = await createRuns('by-hand', ['by-hand']);
  const done = await sluice.run(['flow-run', 'set-state', id, 'completed', '--message', 'Loaded by hand', '--name', 'ByHand']);
  expect(done).toEqual({ code: 0, stdout: "'by-hand' is ByHand now.\n", stderr: '' });
  const { state } = await client.request('GET /flow_runs/{id}', { params: { id } });
  expect(state).toMatchObject({ type: 'COMPLETED', name: 'ByHand', message: 'Loaded by hand' });
  const refused = await sluice.run(['flow-run', 'set-state', id, 'CRASHED']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("'by-hand' stays ByHand: Run is already in terminal state COMPLETED.") });
  expect(await sluice.run(['flow-run', 'set-state', id, 'CRASHED', '--force'])).toMatchObject({ code: 0, stdout: "'by-hand' is Crashed now.\n" });
  expect(await sluice.run(['flow-run', 'set-state', id, 'COMPLETE'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean COMPLETED?'),
  });
});

test('a paused run goes on, and one that is not paused says so', async () => {
  const [id = ''] = await createRuns('paused', ['rests']);
  await sluice.run(['flow-run', 'set-state', id, 'PAUSED', '--force']);
  const needless = await sluice.run(['flow-run', 'resume', 'rests', '--input', '{"a": 1}']);
  expect(needless).toMatchObject({ code: 2, stderr: "Error: 'rests' asks for nothing.\nLeave out --input.\n" });
  expect(await sluice.run(['flow-run', 'resume', 'rests'])).toEqual({ code: 0, stdout: "'rests' goes on: it is Running now.\n", stderr: '' });
  const again = await sluice.run(['flow-run', 'resume', 'rests']);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('Cannot resume a flow run that is not paused') });
});

test('a run that asks for something goes on with what fits, and says what that is', async () => {
  const [id = ''] = await createRuns('asking', ['asks']);
  const params = { id };
  const run_input_keyset = { schema: 'paused-1-schema', response: 'paused-1-response' };
  const state = { type: 'PAUSED' as const, state_details: { run_input_keyset } };
  await client.request('POST /flow_runs/{id}/set_state', { params, body: { state, force: true } });
  const number = { anyOf: [{ type: 'number' }, { type: 'null' }], default: null };
  const schema = { type: 'object', properties: { approved: { type: 'boolean' }, rows: number }, required: ['approved'] };
  await client.request('POST /flow_runs/{id}/input', { params, body: { key: run_input_keyset.schema, value: JSON.stringify(schema) } });

  const inspected = await sluice.run(['flow-run', 'inspect', id]);
  expect(inspected.stdout).toContain('Why\tis paused, and asks for an answer\n');
  expect(inspected.stdout).toContain(`with: sluice flow-run resume ${id} --input JSON\n`);
  const lacking = await sluice.run(['flow-run', 'resume', 'asks']);
  expect(lacking).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^Error: 'asks' stays Paused: Reason: .*approved/) });
  expect(lacking.stderr).toContain(
    `It asks for: approved (boolean); rows (number or null, may be left out). Answer it with: sluice flow-run resume ${id} --input '{"approved": …}'`,
  );
  const unfit = await sluice.run(['flow-run', 'resume', 'asks', '--input', '{"approved": "perhaps"}']);
  expect(unfit).toMatchObject({ code: 2, stderr: expect.stringMatching(/'asks' stays Paused: Reason: .*\n.*Answer it with/) });
  const broken = await sluice.run(['flow-run', 'resume', 'asks', '--input', '{approved}']);
  expect(broken).toMatchObject({ code: 2, stderr: expect.stringContaining('--input is not JSON') });
  expect((await client.request('GET /flow_runs/{id}', { params })).state_type).toBe('PAUSED');

  const fits = await sluice.run(['flow-run', 'resume', 'asks', '--input', '-'], { input: '{"approved": true}' });
  expect(fits).toEqual({ code: 0, stdout: "'asks' goes on: it is Running now.\n", stderr: '' });
  const key = run_input_keyset.response;
  expect(await client.request('GET /flow_runs/{id}/input/{key}', { params: { id, key } })).toBe('{"approved":true}');
});

test('the logs of a run are printed from its head or its tail', async () => {
  const [flow_run_id = ''] = await createRuns('logged', ['logged']);
  const body = Array.from({ length: 230 }, (_, index) => ({
    name: 'prefect.flow_runs',
    level: index === 229 ? 40 : 20,
    message: `line ${index}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
    flow_run_id,
  }));
  await client.request('POST /logs/', { body });
  const all = await sluice.run(['flow-run', 'logs', flow_run_id]);
  expect(lines(all.stdout)).toHaveLength(230);
  const tail = await sluice.run(['flow-run', 'logs', flow_run_id, '--tail', '-n', '2']);
  expect(lines(tail.stdout)).toEqual(['2026-01-01 00:03:48.000 | INFO     | line 228', '2026-01-01 00:03:49.000 | ERROR    | line 229']);
  const head = await sluice.run(['flow-run', 'logs', flow_run_id, '--head', '-n', '2', '--reverse', '-o', 'jsonl']);
  expect(lines(head.stdout).map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['line 1', 'line 0']);
});

test('a server that is away is one sentence, with where its URL comes from, and exit code 5', async () => {
  const { code, stderr } = await sluice.run(['worker', 'ls'], { env: { SLUICE_API_URL: 'http://127.0.0.1:9/api' } });
  expect(code).toBe(5);
  expect(stderr).toMatch(
    /^Error: The server at http:\/\/127\.0\.0\.1:9\/api does not answer: .*\nThe URL comes from SLUICE_API_URL\. Start one with: sluice server start\./,
  );
  const flagged = await sluice.run(['worker', 'ls', '--api-url', url], { env: { SLUICE_API_URL: 'http://127.0.0.1:9/api' } });
  expect(flagged.code).toBe(0);
});

test('a reader that closes the pipe is no error', async () => {
  const running = sluice.start(['flow-run', 'ls', '--limit', '300', '-o', 'json']);
  running.stopReading();
  expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
});
