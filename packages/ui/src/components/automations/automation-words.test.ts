import { expect, test } from 'vitest';
import { actionWords, triggerWords } from './automation-words.ts';
import { FIRST_TRIGGER, triggerOf, watching } from './trigger-draft.ts';

const event = {
  type: 'event' as const,
  match: {},
  match_related: {},
  after: [],
  expect: [],
  for_each: [],
  posture: 'Reactive' as const,
  threshold: 1,
  within: 0,
};

test('a trigger is said in words, with all that it asks for', () => {
  expect(triggerWords({ ...event, expect: ['run.Failed'] })).toBe('“run.Failed” comes');
  expect(triggerWords(event)).toBe('any event comes');
  expect(
    triggerWords({
      ...event,
      posture: 'Proactive',
      after: ['a'],
      expect: ['b', 'c'],
      within: 600,
      match: { 'prefect.resource.id': 'x.*' },
      for_each: ['prefect.resource.id'],
    }),
  ).toBe('after “a”, “b” or “c” does not come within 10 minutes, of id x.*, counted for each resource');
  expect(triggerWords({ ...event, expect: ['a'], threshold: 3, within: 60, match_related: { 'prefect.resource.role': 'flow' } })).toBe(
    '“a” comes 3 times within 1 minute, related to role flow',
  );
});

test('kinds, names and tags are said as people call them', () => {
  const failed = { ...event, expect: ['Failed'], match: { 'prefect.resource.id': 'prefect.flow-run.*' } };
  expect(triggerWords(failed)).toBe('“Failed” comes, of a flow run');
  expect(triggerWords({ ...failed, match: { 'prefect.resource.id': 'prefect.work-pool.*', 'prefect.resource.name': ['a', 'b'] } })).toBe(
    '“Failed” comes, of the work pool a or b',
  );
  const related = [
    { 'prefect.resource.role': 'work-pool', 'prefect.resource.name': 'etl' },
    { 'prefect.resource.id': ['prefect.tag.x', 'prefect.tag.y'] },
  ];
  expect(triggerWords({ ...failed, match_related: related })).toBe('“Failed” comes, of a flow run, related to work pool etl and tag x or y');
  expect(triggerWords({ ...event, match: { 'prefect.resource.id': 'prefect.flow-run.*', colour: 'red' } })).toBe(
    'any event comes, of id prefect.flow-run.*, colour red',
  );
});

test('triggers of triggers too', () => {
  const [a, b] = [
    { ...event, expect: ['a'] },
    { ...event, expect: ['b'] },
  ];
  expect(triggerWords({ type: 'compound', require: 'any', within: 3600, triggers: [a, b] })).toBe('any of this within 1 hour: “a” comes; “b” comes');
  expect(triggerWords({ type: 'sequence', within: null, triggers: [a, b] })).toBe('“a” comes, then “b” comes');
});

test('an action is said in words', () => {
  expect(actionWords({ type: 'cancel-flow-run' })).toBe('cancel the run');
  expect(actionWords({ type: 'change-flow-run-state', state: 'CANCELLED', name: 'Stopped' })).toBe('give the run the state Stopped');
  expect(actionWords({ type: 'pause-work-pool', source: 'inferred' })).toBe('pause work pool of the event');
  expect(actionWords({ type: 'run-deployment', source: 'selected', deployment_id: 'x' })).toBe('run deployment');
});

test('what stays in a state for a while is said so, as the form asks for it', () => {
  const stays = { ...FIRST_TRIGGER, state: 'Late', posture: 'stays' as const, duration: '30m' };
  expect(triggerWords(triggerOf(stays))).toBe('a flow run stays Late for 30 minutes');
  expect(triggerWords(triggerOf({ ...stays, within: { flow: 'load', tag: 'etl' }, duration: '1h' }))).toBe(
    'a flow run of flow load of tag etl stays Late for 1 hour',
  );
  const pool = { ...watching(FIRST_TRIGGER, 'work-pool'), names: 'etl', posture: 'stays' as const, duration: '5m' };
  expect(triggerWords(triggerOf(pool))).toBe('the work pool etl stays Not ready for 5 minutes');
});
