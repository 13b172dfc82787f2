import type { JsonObject } from '@sluice/core/lib/json';
import { expect, test } from 'vitest';
import { type Item, type KindName, keyOf } from '../src/import/item.ts';
import { planImport } from '../src/import/plan-import.ts';
import { planText } from '../src/import/show-import.ts';

const item = (kind: KindName, name: string, fields: JsonObject = { name }, more: Partial<Item> = {}): Item => ({
  kind,
  name,
  fields,
  needs: [],
  ...more,
});
const shown = (source: Item[], target: Item[] = []) =>
  planImport(source, target).map(({ item: { kind, name }, fate, why }) => [keyOf(kind, name), fate, ...(why ? [why] : [])].join(' '));

test('what is not there is new, what is there is the same or differs in what it names', () => {
  const source = [
    item('work pool', 'a'),
    item('work pool', 'b', { name: 'b', type: 'process' }),
    item('variable', 'v', { name: 'v', value: [1, { x: 1, y: 2 }] }),
  ];
  const target = [
    item('work pool', 'b', { name: 'b', type: 'docker', is_paused: true }),
    item('variable', 'v', { name: 'v', value: [1, { y: 2, x: 1 }] }),
  ];
  expect(shown(source, target)).toEqual(['work pool "a" new', 'work pool "b" different other is_paused, type there', 'variable "v" same']);
});

test('a record comes after what it needs, and with what is of no interest by itself', () => {
  const inner = item('block', 'secret/inner', {}, { needs: [keyOf('block type', 'secret')] });
  const outer = item('block', 'kit/outer', {}, { needs: [keyOf('block', 'secret/inner'), keyOf('block type', 'kit')] });
  const types = ['secret', 'kit', 'unused'].map((slug) => item('block type', slug, { name: slug, slug }, { asNeeded: true }));
  expect(shown([...types, outer, inner])).toEqual([
    'block type "secret" new',
    'block "secret/inner" new',
    'block type "kit" new',
    'block "kit/outer" new',
  ]);
  expect(shown([...types, inner], types)).toEqual(['block "secret/inner" new']);
});

test('what cannot be copied says why, and so does all that needs it', () => {
  const deployment = item('deployment', 'etl/nightly', { name: 'nightly' }, { needs: [keyOf('work pool', 'a/b'), keyOf('block', 'secret/x')] });
  expect(shown([item('work pool', 'a/b'), item('block', 'secret/x', {}, { cannot: 'the server does not tell its secrets' }), deployment])).toEqual([
    'work pool "a/b" impossible name: must not be empty or hold any of / % & > <',
    'block "secret/x" impossible the server does not tell its secrets',
    'deployment "etl/nightly" impossible it needs work pool "a/b" and block "secret/x"',
  ]);
  const circle = ['a', 'b'].map((name, index) => item('block', `kit/${name}`, {}, { needs: [keyOf('block', `kit/${index === 0 ? 'b' : 'a'}`)] }));
  expect(shown(circle).filter((line) => line.includes('new'))).toEqual([]);
});

test('whether schedules are on is not compared, and the plan says what becomes of them', () => {
  const deployment = (active: boolean, cron = '0 6 * * *') => item('deployment', 'etl/d', { name: 'd', schedules: [{ schedule: { cron }, active }] });
  expect(shown([deployment(true)], [deployment(false)])).toEqual(['deployment "etl/d" same']);
  expect(shown([deployment(true)], [deployment(true, '0 7 * * *')])).toEqual(['deployment "etl/d" different other schedules there']);
  const plan = planImport([deployment(true)], []);
  expect(planText(plan, { activateSchedules: false })).toContain('1 schedule is copied inactive');
  expect(planText(plan, { activateSchedules: true })).toContain('1 schedule is copied active: pause them at the other server');
});
