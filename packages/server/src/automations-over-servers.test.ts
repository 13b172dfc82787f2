import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { call } from './testing/http-call.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let one: TestServer;
let two: TestServer;

beforeAll(async () => {
  one = await startTestServer(inject('postgres'));
  two = await startTestServer(inject('postgres'), { database_url: one.databaseUrl });
});
afterAll(async () => {
  await two.stop();
  await one.stop();
});

const post = async <T>(server: TestServer, path: string, body: unknown) => (await call(server.url, 'POST', path, { body })).json as T;

/** When both have gone twice through a loop from now on, each has done what there was to do for it. */
async function bothHaveTicked(): Promise<void> {
  const ticks = async (server: TestServer) => {
    const { services } = (await call(server.url, 'GET', '/admin/status')).json as { services: { name: string; last_tick: string | null }[] };
    return services.filter(({ name }) => name.startsWith('automation')).map(({ last_tick }) => last_tick);
  };
  for (const server of [one, two]) {
    for (let turn = 0; turn < 2; turn++) {
      const before = await ticks(server);
      await eventually(async () => expect((await ticks(server)).every((tick, index) => tick && tick !== before[index])).toBe(true));
    }
  }
}

test('of two servers on one database one fires an automation for an event, and its action is done once', async () => {
  const { id: flow_id } = await post<{ id: string }>(one, '/flows/', { name: 'flow' });
  const { id: deployment_id } = await post<{ id: string }>(one, '/deployments/', { name: 'asked', flow_id });
  const trigger = { type: 'event', posture: 'Reactive', expect: ['table.loaded'] };
  const actions = [
    { type: 'run-deployment', source: 'selected', deployment_id, parameters: { table: { __prefect_kind: 'jinja', template: '{{ event.id }}' } } },
  ];
  const { id } = await post<{ id: string }>(one, '/automations/', { name: 'loads', trigger, actions });
  await bothHaveTicked();

  const events = Array.from({ length: 30 }, () => crypto.randomUUID());
  await Promise.all(
    events.map((event, index) => {
      const told = { id: event, occurred: new Date().toISOString(), event: 'table.loaded', resource: { 'prefect.resource.id': 'a' } };
      return post(index % 2 ? one : two, '/events', [told]);
    }),
  );
  const runs = () => post<{ parameters: { table: string } }[]>(two, '/flow_runs/filter', { deployments: { id: { any_: [deployment_id] } } });
  await eventually(async () => expect((await runs()).length).toBeGreaterThanOrEqual(events.length), 60);
  await bothHaveTicked();
  expect((await runs()).map(({ parameters }) => parameters.table).sort()).toEqual(events.sort());
  const filter = {
    event: { name: ['prefect.automation.triggered', 'prefect.automation.action.executed'] },
    resource: { id: [`prefect.automation.${id}`] },
  };
  expect(await post(one, '/events/filter', { filter })).toMatchObject({ total: 2 * events.length });
});
