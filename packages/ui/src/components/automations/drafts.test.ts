import { covers } from '@sluice/core/automation/event-trigger';
import { AutomationCreate } from '@sluice/core/model/automation';
import type { Event } from '@sluice/core/model/event';
import { expect, test } from 'vitest';
import { ACTIONS, type ActionType, actionOf, actionsFor, FIRST_ACTION, isActionReady, isInferable, OF_THE_EVENT } from './action-draft.ts';
import { changedBody, type Draft, FIRST_DRAFT, readBody, saidBy } from './bodies.ts';
import { placeRefusals, refusalText } from './refusals.ts';
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

test.each(Object.keys(KINDS) as Watched[])('the form opens with what it has said of %s, as the server gives it back', (watched) => {
  for (const posture of ['comes', 'stays'] as const) {
    for (const type of actionsFor(watched)) {
      for (const target of ACTIONS[type].target === 'flow-run' ? [''] : isInferable(type, watched) ? [OF_THE_EVENT, ID] : [ID]) {
        const within = Object.fromEntries(KINDS[watched].within.map(([role]) => [role, 'a, b*']));
        const trigger: TriggerDraft = {
          ...watching(FIRST_TRIGGER, watched),
          posture,
          within,
          ...(watched === 'event' && { event: 'load.*, x' }),
          ...(watched !== 'flow-run' && { names: 'a, b' }),
          ...(posture === 'stays' && { duration: '90m' as const }),
        };
        const sends = type === 'send-notification';
        const action = { ...FIRST_ACTION, type, target: sends ? '' : target, block: sends ? ID : '' };
        const draft = { name: 'x', description: 'y', tags: 'a, b', trigger, action };
        const stored = { ...AutomationCreate.parse(saidBy(draft)), id: ID };
        expect(readBody(stored)).toEqual(draft);
      }
    }
  }
});

const trigger = triggerOf(FIRST_TRIGGER);
const actions = [{ type: 'cancel-flow-run' }];

test.each([
  ['a trigger of several', { trigger: { type: 'sequence', within: null, triggers: [trigger] }, actions }],
  ['more than one event', { trigger: { ...trigger, threshold: 2, within: 60 }, actions }],
  ['another label', { trigger: { ...trigger, match: { ...trigger.match, kind: 'x' } }, actions }],
  ['a run by its name', { trigger: { ...trigger, match: { ...trigger.match, 'prefect.resource.name': 'x' } }, actions }],
  [
    'a record by its id',
    { trigger: { ...trigger, match_related: { 'prefect.resource.role': 'flow', 'prefect.resource.id': 'prefect.flow.1' } }, actions },
  ],
  ['a state that is in no list', { trigger: { ...trigger, expect: ['prefect.flow-run.Mine'] }, actions }],
  ['two actions', { trigger, actions: [...actions, ...actions] }],
  ['no action', { trigger, actions: [] }],
  ['something for its end', { trigger, actions, actions_on_resolve: actions }],
  ['parameters', { trigger, actions: [{ type: 'run-deployment', source: 'selected', deployment_id: ID, parameters: { n: 1 } }] }],
  ['a webhook', { trigger, actions: [{ type: 'call-webhook', block_document_id: ID }] }],
  ['a template for no message', { trigger, actions: [{ type: 'send-notification', block_document_id: ID, subject: 'x' }] }],
  ['no trigger', { actions }],
  ['no JSON of a trigger', { trigger: { ...trigger, expect: 'x', match: 3 }, actions }],
])('%s is in no form, so that nothing of it is lost', (_what, body) => {
  expect(readBody({ name: 'x', ...body })).toBeUndefined();
});

test('what a person has not touched is sent as it is, and as others have changed it meanwhile', () => {
  const before = readBody({ name: 'x', trigger: { ...trigger, id: ID }, actions }) as Draft;
  const now = {
    name: 'x',
    description: 'theirs',
    enabled: false,
    tags: ['b,c'],
    trigger: { ...trigger, id: ID },
    actions,
    actions_on_trigger: [],
    actions_on_resolve: [],
  };
  expect(changedBody(now, before, { ...before, name: 'y' })).toEqual({ ...now, name: 'y' });
  const later = { ...before, trigger: { ...before.trigger, state: 'Late' } };
  expect(changedBody(now, before, later)).toEqual({ ...now, trigger: triggerOf(later.trigger) });
});

test('a refusal is at the field that shows it, and beside the form where none does', () => {
  const draft = { ...FIRST_DRAFT, action: { ...FIRST_ACTION, type: 'send-notification' as const } };
  const at = (...path: string[]) => ({ path, words: path.join() });
  const { refused, others } = placeRefusals([at('name'), at('actions', '0', 'body'), at('trigger', 'within'), at('actions')], draft);
  expect(refused).toEqual({ name: 'name', body: 'actions,0,body' });
  expect(others.map(refusalText)).toEqual(['trigger.within: trigger,within', 'actions: actions']);
});
