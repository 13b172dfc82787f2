import { expect, test } from 'vitest';
import { planJob } from '../src/steps/plan-job.ts';

const tables = ['public.flights', 'public.cities', 'public.species', 'sales.cities'].map((name) => ({ name, source: 'demo' }));
const plan = (request: { only?: string; limit?: number }) => planJob({ tables, ...request }, new AbortController());

test('the tables of the list come in its order, the first so many if that is asked', async () => {
  expect(await plan({})).toEqual({ tables: ['public.flights', 'public.cities', 'public.species', 'sales.cities'], unreadable: [], gone: [] });
  expect(await plan({ limit: 2 })).toMatchObject({ tables: ['public.flights', 'public.cities'] });
});

test('patterns choose among the tables of the list too, before the first so many are taken', async () => {
  expect(await plan({ only: 'cities,public.fl*' })).toMatchObject({ tables: ['public.flights', 'public.cities', 'sales.cities'] });
  expect(await plan({ only: 'sales.*' })).toMatchObject({ tables: ['sales.cities'] });
  expect(await plan({ only: 'cities', limit: 1 })).toMatchObject({ tables: ['public.cities'] });
});

test('patterns that match nothing are wrong usage, and are named with what there is', async () => {
  await expect(plan({ only: 'public.fligths,cities,crm.*' })).rejects.toMatchObject({
    code: 'USAGE',
    message: 'No table is called public.fligths or crm.*.',
    hint: 'Did you mean public.flights? There are 4 tables: public.flights, public.cities, public.species, sales.cities.',
  });
  await expect(plan({ only: 'a.b.c' })).rejects.toMatchObject({ code: 'USAGE', message: '"a.b.c" is not a list of table names.' });
});

test.each([
  ['public.orders', undefined, 'public.orders is named 2 times'],
  ['orders', undefined, 'public.orders and orders would both be public.orders'],
  ['main.orders', 'shop', 'public.orders and main.orders would both be shop.orders'],
])('two tables of the list in one place are refused, from whatever sources: %s into %s', async (name, into, words) => {
  const twins = [
    { name: 'public.orders', source: 'one' },
    { name, source: 'two', from: 'public.orders' },
  ];
  const planned = planJob({ tables: twins, into, warehouse: '/nonexistent' }, new AbortController());
  await expect(planned).rejects.toMatchObject({ code: 'USAGE', message: `Two tables cannot have the same place in the warehouse: ${words}.` });
});
