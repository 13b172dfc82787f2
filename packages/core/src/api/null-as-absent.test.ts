import { expect, test } from 'vitest';
import { z } from 'zod';
import { nullAsAbsent } from './null-as-absent.ts';
import { routes } from './routes.ts';

const schema = z
  .strictObject({
    name: z.string(),
    limit: z.int().default(200),
    tags: z.array(z.string()).optional(),
    note: z.string().nullish(),
    inner: z.object({ size: z.int().optional() }).optional(),
    list: z.array(z.object({ size: z.int().default(1) })).default([]),
  })
  .prefault({ name: 'x' });

test('null stands for a field that was left out, at every depth', () => {
  const body = { name: 'a', limit: null, tags: null, inner: { size: null }, list: [{ size: null }, { size: 2 }] };
  expect(schema.parse(nullAsAbsent(schema, body))).toEqual({ name: 'a', limit: 200, inner: {}, list: [{ size: 1 }, { size: 2 }] });
});

test('null stays where it is a value, and where a field must be there', () => {
  expect(nullAsAbsent(schema, { name: null, note: null })).toEqual({ name: null, note: null });
  expect(schema.safeParse(nullAsAbsent(schema, { name: null })).success).toBe(false);
});

test('fields that nobody knows, and bodies of another kind, are for the schema to refuse', () => {
  for (const body of [null, 3, 'text', [null], { name: 'a', other: null }]) expect(nullAsAbsent(schema, body)).toEqual(body);
});

test('every list of runs, flows and deployments takes the nulls that Prefect’s clients send', () => {
  const filters = ['flows', 'flow_runs', 'task_runs', 'deployments', 'work_pools', 'work_pool_queues', 'work_queues'];
  const sent = Object.fromEntries([...filters, 'sort', 'limit', 'offset'].map((name) => [name, null]));
  for (const key of ['POST /flows/filter', 'POST /flow_runs/filter', 'POST /task_runs/filter', 'POST /deployments/filter'] as const) {
    const { body } = routes[key];
    expect(body.safeParse(nullAsAbsent(body, sent)), key).toMatchObject({ success: true, data: { limit: 200, offset: 0 } });
  }
});
