import { covers } from '@sluice/core/automation/event-trigger';
import { AutomationCreate } from '@sluice/core/model/automation';
import type { Event } from '@sluice/core/model/event';
import { expect, test } from 'vitest';
import { ACTIONS, type ActionType, actionOf, actionsFor, FIRST_ACTION, isActionReady, OF_THE_EVENT } from './action-draft.ts';
import { durationFault, FIRST_TRIGGER, isTriggerReady, KINDS, type TriggerDraft, triggerOf, type Watched, watching } from './trigger-draft.ts';

const ID = '00000000-0000-4000-8000-000000000000';
const read = (trigger: unknown, action: unknown = { type: 'do-nothing' }) => AutomationCreate.parse({ name: 'x', trigger, actions: [action] });

const event = (name: string, resource: Record<string, string>, related: Record<string, string>[] = []) =>
  ({ event: name, resource, related }) as unknown as Event;
const failed = event('prefect.flow-run.Failed', { 'prefect.resource.id': `prefect.flow-run.${ID}` }, [
  { 'prefect.resource.id': 'prefect.flow.1', 'prefect.resource.role': 'flow', 'prefect.resource.name': 'load' },
  { 'prefect.resource.id': 'prefect.deployment.1', 'prefect.resource.role': 'deployment', 'prefect.resource.name': 'nightly' },
  { 'prefect.resource.id': 'prefect.tag.etl', 'prefect.resource.role': 'tag' },
]);

test.each(Object.keys(KINDS) as Watched[])('what the form says of %s is a trigger that the server takes', (watched) => {
  for (const posture of ['comes', 'stays'] as const) {
    const draft: TriggerDraft = { ...watching(FIRST_TRIGGER, watched), posture, event: 'load.*', names: 'a, b' };
    expect(read(triggerOf(draft)).trigger).toEqual(triggerOf(draft));
  }
});

test.each([
  [{}, true],
  [{ state: 'Completed' }, false],
  [{ state: '*' }, true],
  [{ within: { flow: 'load', deployment: 'night*', tag: 'etl' } }, true],
  [{ within: { flow: 'other, load' } }, true],
  [{ within: { deployment: 'load' } }, false],
  [{ within: { tag: 'night' } }, false],
])('of a run that has failed, %o is meant: %s', (more, isMeant) => {
  expect(covers(triggerOf({ ...FIRST_TRIGGER, ...more }), failed)).toBe(isMeant);
});

test('a pool is told apart by its name, and an event of a person by the beginning of its resource', () => {
  const pool = event('prefect.work-pool.not-ready', { 'prefect.resource.id': 'prefect.work-pool.1', 'prefect.resource.name': 'etl' });
  const draft = watching(FIRST_TRIGGER, 'work-pool');
  expect(covers(triggerOf({ ...draft, names: 'etl' }), pool)).toBe(true);
  expect(covers(triggerOf({ ...draft, names: 'other' }), pool)).toBe(false);
  const load = event('load.failed', { 'prefect.resource.id': 'table.orders' });
  const own = { ...watching(FIRST_TRIGGER, 'event'), event: 'load.*' };
  expect(covers(triggerOf({ ...own, names: 'table.*' }), load)).toBe(true);
  expect(covers(triggerOf({ ...own, names: 'file.*' }), load)).toBe(false);
});

test('what stays in a state is what enters no other one for a while', () => {
  expect(triggerOf({ ...FIRST_TRIGGER, state: 'Running', posture: 'stays', duration: '2h' })).toMatchObject({
    posture: 'Proactive',
    after: ['prefect.flow-run.Running'],
    expect: ['prefect.flow-run.*'],
    for_each: ['prefect.resource.id'],
    within: 7200,
  });
});

test('it is ready when nothing is missing', () => {
  expect(isTriggerReady(FIRST_TRIGGER)).toBe(true);
  expect(isTriggerReady(watching(FIRST_TRIGGER, 'event'))).toBe(false);
  expect(durationFault({ ...FIRST_TRIGGER, posture: 'stays', duration: '5s' })).toContain('10s or more');
  expect(durationFault({ ...FIRST_TRIGGER, posture: 'stays', duration: 'long' })).toContain('10s or more');
  expect(isActionReady(FIRST_ACTION, 'deployment')).toBe(false);
  expect(isActionReady({ ...FIRST_ACTION, target: ID }, 'work-pool')).toBe(true);
  expect(isActionReady({ ...FIRST_ACTION, target: OF_THE_EVENT }, 'deployment')).toBe(true);
  expect(isActionReady({ ...FIRST_ACTION, target: OF_THE_EVENT }, 'work-pool')).toBe(false);
  expect(isActionReady({ ...FIRST_ACTION, type: 'cancel-flow-run' }, 'flow-run')).toBe(true);
});

test.each(Object.keys(ACTIONS) as ActionType[])('the action %s is one that the server takes, of a chosen record and of that of the event', (type) => {
  for (const target of [OF_THE_EVENT, ID]) {
    const action = actionOf({ ...FIRST_ACTION, type, target, block: ID });
    expect(read(triggerOf(FIRST_TRIGGER), action).actions).toEqual([expect.objectContaining(action)]);
  }
});

test('a run is cancelled only where there is one', () => {
  expect(actionsFor('flow-run')).toContain('cancel-flow-run');
  expect(actionsFor('work-pool')).not.toContain('cancel-flow-run');
});
