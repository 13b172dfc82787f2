import { expect, test } from 'vitest';
import { parametersAgain } from './load-again.ts';

test('a table is loaded again as before, but for the snapshot of a job that is over', () => {
  expect(parametersAgain({ table: 'public.orders', verify: 'full', snapshot: 'a job' })).toEqual({ table: 'public.orders', verify: 'full' });
});

test('types that are given go before those that the last load had', () => {
  const parameters = { table: 'main.a', types: { x: 'BIGINT', y: 'DATE' } };
  expect(parametersAgain(parameters, { x: 'VARCHAR' })).toEqual({ table: 'main.a', types: { x: 'VARCHAR', y: 'DATE' } });
});
