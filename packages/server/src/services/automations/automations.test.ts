import { withIds } from '@sluice/core/automation/triggers';
import { AutomationCreate } from '@sluice/core/model/automation';
import type { Event } from '@sluice/core/model/event';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { readEnabledAutomations } from '../../store/automation-state.ts';
import { insertAutomation } from '../../store/automations.ts';
import { insertEvents } from '../../store/client-events.ts';
import { startTestEngine, type TestEngine } from '../../testing/test-engine.ts';
import type { CallApi } from './act.ts';
import { createAutomationActions } from './actions.ts';
import { createAutomations } from './automations.ts';
import { Evaluation } from './evaluate.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
});
afterAll(() => engine[Symbol.asyncDispose]());
beforeEach(() => engine.sql`truncate automation cascade`);

const EVERYTHING = { type: 'event', posture: 'Reactive', expect: [] };
const DO_NOTHING = [{ type: 'do-nothing' }];

async function automation(name: string, trigger: object = EVERYTHING, more: object = {}): Promise<string> {
  const id = engine.newId();
  const row = AutomationCreate.parse({ name, trigger, actions: DO_NOTHING, ...more });
  await insertAutomation(engine.sql, id, { ...row, trigger: withIds(row.trigger, engine.newId), related_resources: [] });
  return id;
}

/** No action here asks for anything. */
const call: CallApi = (method, path) => Promise.reject(new Error(`${method} ${path} was called`));

/** Reads what has happened and does what is to be done, until there is nothing left; how often automations fired. */
async function settle(): Promise<number> {
  const [triggers, actions] = [createAutomations(engine), createAutomationActions({ ...engine, call })];
  let all = 0;
  for (;;) {
    const { fired = 0 } = await triggers.tick();
    const { done = 0 } = await actions.tick();
    if (fired === 0 && done === 0) return all;
    all += fired;
  }
}

async function tell(name: string): Promise<string> {
  const id = engine.newId();
  const resource = { 'prefect.resource.id': 'a.table' };
  await insertEvents(engine.sql, [{ id, occurred: new Date().toISOString(), event: name, resource, related: [], payload: {}, records: false }]);
  return id;
}

const eventsOf = (id: string): Promise<Event[]> =>
  engine.sql<Event[]>`select * from event where resource_id = ${`prefect.automation.${id}`} order by occurred, id`;

test('an automation that waits for every event is not fired by what it does itself', async () => {
  const id = await automation('all');
  await settle();
  await tell('table.loaded');
  expect(await settle()).toBe(1);
  const names = (await eventsOf(id)).map(({ event }) => event);
  expect(names).toEqual(['prefect.automation.triggered', 'prefect.automation.action.triggered', 'prefect.automation.action.executed']);
});

test('two that wait for every event fire each other once for each thing that the other has done, and come to rest', async () => {
  const [one, two] = [await automation('one'), await automation('two')];
  await settle();
  const first = await tell('table.loaded');
  // Each for the event itself, and for the three events by which the other tells that it was fired by it.
  expect(await settle()).toBe(2 + 2 * 3);
  expect(await settle()).toBe(0);
  const all = [...(await eventsOf(one)), ...(await eventsOf(two))].filter(({ event }) => event === 'prefect.automation.triggered');
  const told = all.map(({ payload }) => payload['triggering_event'] as unknown as Event);
  expect(told.filter(({ id }) => id === first)).toHaveLength(2);
  // What an event tells of another one tells of no third one.
  expect(told.map(({ payload }) => payload['triggering_event'] ?? null)).toEqual(all.map(() => null));
});

test('many that fire each other come to rest too: a chain has three links', async () => {
  const trigger = { ...EVERYTHING, expect: ['table.loaded', 'prefect.automation.triggered'] };
  const ids = [];
  for (const name of ['a', 'b', 'c', 'd', 'e']) ids.push(await automation(name, trigger, { actions: [] }));
  await settle();
  await tell('table.loaded');
  expect(await settle()).toBe(5 + 5 * 4 + 5 * 4 * 3);
  const links = (await Promise.all(ids.map(eventsOf)))
    .flat()
    .map(({ related }) => related.filter((one) => one['prefect.resource.role'] === 'led-here-by').length);
  expect(Math.max(...links)).toBe(2);
});

test('one that waits for what another does is fired by it', async () => {
  const one = await automation('one', { ...EVERYTHING, expect: ['table.loaded'] });
  const two = await automation('two', {
    ...EVERYTHING,
    expect: ['prefect.automation.action.executed'],
    match: { 'prefect.resource.id': `prefect.automation.${one}` },
  });
  await settle();
  await tell('table.loaded');
  expect(await settle()).toBe(2);
  expect(await eventsOf(two)).toHaveLength(3);
});

test('actions on trigger are about the event that tells of the firing, the others about the event that made it fire; none is due on resolve', async () => {
  const id = await automation(
    'about',
    { ...EVERYTHING, expect: ['table.loaded'] },
    { actions_on_trigger: DO_NOTHING, actions_on_resolve: DO_NOTHING },
  );
  await settle();
  const loaded = await tell('table.loaded');
  await settle();
  const events = await eventsOf(id);
  const [triggered] = events;
  const done = events.filter(({ event }) => event === 'prefect.automation.action.executed');
  const related = (event: Event, role: string) => event.related.find((one) => one['prefect.resource.role'] === role)?.['prefect.resource.id'];
  expect(done.map(({ payload }) => payload['action_index']).sort()).toEqual([0, 1]);
  const about = done.map((event) => [
    event.payload['action_index'],
    related(event, 'triggering-event'),
    related(event, 'automation-triggered-event'),
  ]);
  expect(about.sort()).toEqual([
    [0, `prefect.event.${loaded}`, `prefect.event.${triggered?.id}`],
    [1, `prefect.event.${triggered?.id}`, `prefect.event.${triggered?.id}`],
  ]);
});

test('an event that an automation has led to does not count for it', async () => {
  const id = await automation('counts', { ...EVERYTHING, threshold: 2, within: 60 });
  const [own] = (await readEnabledAutomations(engine.sql)).filter((one) => one.id === id);
  const event = (resource: string, related: Event['related'] = []): Event => {
    const at = new Date().toISOString();
    return {
      id: engine.newId(),
      occurred: at,
      received: at,
      event: 'x',
      resource: { 'prefect.resource.id': resource },
      related,
      payload: {},
      follows: null,
    };
  };
  const link = { 'prefect.resource.id': `prefect.automation.${id}`, 'prefect.resource.role': 'led-here-by' };
  const evaluate = (...events: Event[]) =>
    engine.database.transaction((sql) => new Evaluation(sql, own ? [own] : [], { newId: engine.newId, now: Date.now() * 1000 }).events(events));
  expect(await evaluate(event('a'), event(`prefect.automation.${id}`), event('prefect.automation.other', [link]))).toEqual([]);
  expect(await evaluate(event('prefect.automation.other'))).toHaveLength(1);
});
