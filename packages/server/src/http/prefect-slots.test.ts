import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openDatabase } from '../db/database.ts';
import { createNewsDesk } from '../events/news.ts';
import { createExpiredDeploymentSlots } from '../services/housekeeping.ts';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;

interface Answered {
  readonly id: string;
  readonly status: string;
  readonly state: {
    readonly type: string;
    readonly name: string;
    readonly message: string | null;
    readonly state_details: { readonly deployment_concurrency_lease_id: string | null };
  };
}

const post = async (path: string, body: unknown) => (await call(server.url, 'POST', path, { body })).json as Answered;
const setState = (id: string, type: string, state_details: object = {}) => post(`/flow_runs/${id}/set_state`, { state: { type, state_details } });

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
});
afterAll(() => server.stop());

/** A deployment for one run at a time, and two runs of it; the first has the slot, and runs. */
async function twoRuns(name: string): Promise<[string, string]> {
  const { id: flow_id } = await post('/flows/', { name });
  const { id } = await post('/deployments/', { name, flow_id, concurrency_limit: 1 });
  const make = () => post(`/deployments/${id}/create_flow_run`, { state: { type: 'SCHEDULED' }, empirical_policy: { retries: 1, retry_delay: 0 } });
  const runs: [string, string] = [(await make()).id, (await make()).id];
  for (const type of ['PENDING', 'RUNNING']) await setState(runs[0], type);
  return runs;
}

/** A worker that takes the run up is told to come again later. */
const isKeptOut = async (id: string) => (await setState(id, 'PENDING')).state.name === 'AwaitingConcurrencySlot';

test.each([
  ['paused', 'PAUSED'],
  ['about to be tried again', 'FAILED'],
])('a deployment’s slot stays with a run that is %s, and is free when it ends', async (_name, type) => {
  const [first, second] = await twoRuns(`slot ${type}`);
  expect((await setState(first, type, { pause_timeout: '2099-01-01T00:00:00Z' })).state.type).toBe(type === 'PAUSED' ? 'PAUSED' : 'SCHEDULED');
  expect(await isKeptOut(second)).toBe(true);
  expect(await setState(first, 'RUNNING')).toMatchObject({ status: 'ACCEPT' });
  expect(await isKeptOut(second)).toBe(true);
  await setState(first, 'COMPLETED');
  expect(await isKeptOut(second)).toBe(false);
});

test('a run that is suspended gives its slot back', async () => {
  const [first, second] = await twoRuns('suspended');
  await setState(first, 'PAUSED', { pause_reschedule: true });
  expect(await isKeptOut(second)).toBe(false);
});

const CLIENT_3 = { 'user-agent': 'prefect/3.9.1 (API 0.8.4)' };
const CLIENT_2 = { 'user-agent': 'prefect/2.20.25 (API 0.8.4)' };

/** A deployment for one run at a time, with a time of grace of 60 seconds, and so many runs of it that stand in the queue. */
async function runsWithGrace(name: string, count: number): Promise<{ deployment: string; runs: string[] }> {
  const { id: flow_id } = await post('/flows/', { name });
  const concurrency_options = { collision_strategy: 'ENQUEUE', grace_period_seconds: 60 };
  const { id: deployment } = await post('/deployments/', { name, flow_id, concurrency_limit: 1, concurrency_options });
  const runs: string[] = [];
  for (let made = 0; made < count; made++) runs.push((await post(`/deployments/${deployment}/create_flow_run`, { state: { type: 'SCHEDULED' } })).id);
  return { deployment, runs };
}

const propose = async (id: string | undefined, type: string, headers: { [name: string]: string } = CLIENT_3, name?: string) =>
  (await call(server.url, 'POST', `/flow_runs/${id}/set_state`, { body: { state: { type, ...(name && { name }) } }, headers })).json as Answered;
const renew = async (lease: string | null, seconds = 300) =>
  (await call(server.url, 'POST', `/v2/concurrency_limits/leases/${lease}/renew`, { body: { lease_duration: seconds } })).status;
const active = async (deployment: string) =>
  ((await call(server.url, 'GET', `/deployments/${deployment}`)).json as { global_concurrency_limit: { active_slots: number } })
    .global_concurrency_limit.active_slots;

/** When the slot of this run ends, in seconds from now; null for as long as the run. Then the time is over, and the service comes by. */
async function endSlot(run: string | undefined): Promise<number | null> {
  const database = openDatabase(server.databaseUrl, { max: 1 });
  try {
    const [row] = await database.sql<{ left: number | null }[]>`
      select round(extract(epoch from deployment_until - clock_timestamp()))::integer as left from flow_run_lease where flow_run_id = ${run ?? null}`;
    await database.sql`update flow_run_lease set deployment_until = clock_timestamp() - interval '1 second'
      where flow_run_id = ${run ?? null} and deployment_until is not null`;
    await createExpiredDeploymentSlots({ database, desk: createNewsDesk(), everySeconds: 5 }).tick();
    return row?.left ?? null;
  } finally {
    await database.close();
  }
}

/** Of a time that is counted from when the server wrote it: it is no longer, and a slow machine takes some of it. */
const isAbout = (left: number | null, seconds: number) => left !== null && left <= seconds && left > 0;

test('a slot is kept for a run whose process is on its way for the time of grace, and is free after it', async () => {
  const { deployment, runs } = await runsWithGrace('grace', 2);
  const [first, second] = runs;
  const pending = await propose(first, 'PENDING');
  expect(pending.state.state_details.deployment_concurrency_lease_id).toMatch(/^[0-9a-f-]{36}$/);
  const submitting = await propose(first, 'PENDING', CLIENT_3, 'Submitting');
  expect(submitting.state.state_details).toEqual(expect.objectContaining(pending.state.state_details));
  expect((await propose(second, 'PENDING')).state.name).toBe('AwaitingConcurrencySlot');
  expect(isAbout(await endSlot(first), 60)).toBe(true);
  expect(await active(deployment)).toBe(0);
  expect((await propose(second, 'PENDING')).state).toMatchObject({ type: 'PENDING' });
  // The process of the first comes too late: there is no slot for it now.
  expect(await propose(first, 'RUNNING')).toMatchObject({
    status: 'REJECT',
    state: { type: 'CANCELLED', message: 'Deployment concurrency slot lost during provisioning - no slots available to continue execution' },
  });
  expect(await active(deployment)).toBe(1);
});

test('a run whose process comes too late goes on when its slot is still there for it', async () => {
  const { deployment, runs } = await runsWithGrace('late', 2);
  const [first, second] = runs;
  const { state } = await propose(first, 'PENDING');
  await endSlot(first);
  expect(await active(deployment)).toBe(0);
  const running = await propose(first, 'RUNNING');
  expect(running).toMatchObject({
    status: 'ACCEPT',
    state: { state_details: { deployment_concurrency_lease_id: state.state_details.deployment_concurrency_lease_id } },
  });
  expect(await active(deployment)).toBe(1);
  expect((await propose(second, 'PENDING')).state.name).toBe('AwaitingConcurrencySlot');
});

test('a client prolongs the slot while it runs, and learns that it is over; then others have it', async () => {
  const { deployment, runs } = await runsWithGrace('renewed', 2);
  const [first, second] = runs;
  await propose(first, 'PENDING');
  const lease = (await propose(first, 'RUNNING')).state.state_details.deployment_concurrency_lease_id;
  expect(await renew(lease, 3600)).toBe(204);
  expect(isAbout(await endSlot(first), 60)).toBe(false);
  expect(await renew(lease)).toBe(410);
  expect(await active(deployment)).toBe(0);
  expect((await propose(second, 'PENDING')).state).toMatchObject({ type: 'PENDING' });
  await propose(second, 'RUNNING');
  // The end of the first takes nothing from the second.
  await propose(first, 'COMPLETED');
  expect(await active(deployment)).toBe(1);
});

test('a client that prolongs nothing has its slot for as long as it runs', async () => {
  const { deployment, runs } = await runsWithGrace('old', 1);
  await propose(runs[0], 'PENDING', CLIENT_2);
  expect((await propose(runs[0], 'RUNNING', CLIENT_2)).state.state_details.deployment_concurrency_lease_id).toBeNull();
  expect(await endSlot(runs[0])).toBeNull();
  expect(await active(deployment)).toBe(1);
  await propose(runs[0], 'COMPLETED', CLIENT_2);
  expect(await active(deployment)).toBe(0);
});
