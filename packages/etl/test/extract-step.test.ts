import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunContext } from '@sluice/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extractTable } from '../src/steps/extract-table.ts';
import { unpack } from '../src/steps/packed.ts';
import { planTable } from '../src/steps/plan-table.ts';
import { FilesTrial, quiet } from './support/files-load.ts';

let trial: FilesTrial;
const home = process.env['SLUICE_HOME'];
beforeAll(async () => {
  trial = await FilesTrial.start();
  process.env['SLUICE_HOME'] = trial.home;
});
afterAll(async () => {
  if (home === undefined) delete process.env['SLUICE_HOME'];
  else process.env['SLUICE_HOME'] = home;
  await trial[Symbol.asyncDispose]();
});

const inTry = (attempt: number) => ({ ...quiet(), run: { flow_run_id: 'run', attempt } }) as unknown as RunContext;
const context = inTry(1);
const request = { name: 'main.t', source: '', verify: 'sums', sample: 1, into: 'mine' } as const;

test('a file that has changed since it was planned is planned again, with a note, where it was to go', async () => {
  await trial.write('t.csv', 'id,n\n1,10\n2,20\n');
  const planned = await planTable({ ...request, source: trial.folder }, context);
  await trial.write('t.csv', 'id,n,late\n1,10,x\n2,twenty,y\n3,30,z\n');
  const extract = unpack((await extractTable(planned, context)).extract);
  expect(extract).toMatchObject({ rows_read: 3, rows_quarantined: 0, plan: { target: { schema: 'mine', name: 't' } } });
  expect(extract.plan.columns.map(({ name }) => name)).toEqual(['id', 'n', 'late']);
  expect(extract.plan.notes).toContain('t.csv had changed since it was planned: it was planned again.');
});

test('a table that is read again is the same load in the same try of its run, and another one in a later try', async () => {
  await trial.write('t.csv', 'id,n\n1,10\n');
  const planned = await planTable({ ...request, source: trial.folder }, context);
  const read = async (attempt: number) => unpack((await extractTable(planned, inTry(attempt))).extract).load_id;
  const [first, lost, again] = [await read(1), await read(1), await read(2)];
  expect(lost).toBe(first);
  expect(again).not.toBe(first);
});

test('a file that is gone is refused', async () => {
  await trial.write('t.csv', 'id,n\n1,10\n');
  const planned = await planTable({ ...request, source: trial.folder }, context);
  await rm(join(trial.folder, 't.csv'));
  await expect(extractTable(planned, context)).rejects.toMatchObject({
    code: 'TABLE_UNREADABLE',
    hint: expect.stringContaining('Put the file back'),
  });
});
