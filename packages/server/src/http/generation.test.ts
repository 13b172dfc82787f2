import { expect, test } from 'vitest';
import { asMeant, generationOf, renewsSlots } from './generation.ts';

test.each([
  [3, { 'user-agent': 'prefect/3.9.1 (API 0.8.4)', 'x-prefect-api-version': '0.8.4' }],
  [2, { 'user-agent': 'prefect/2.20.25 (API 0.8.4)', 'x-prefect-api-version': '0.8.4' }],
  [2, { 'user-agent': 'python-httpx/0.24.1', 'x-prefect-api-version': '0.8.4' }],
  [3, { 'user-agent': 'python-httpx/0.28.1' }],
  [3, { 'user-agent': 'sluice', 'x-prefect-api-version': '0.8.4' }],
  [3, { 'user-agent': 'sluice-worker', 'x-prefect-api-version': '0.8.4' }],
  [3, {}],
] as const)('generation %s sends %o', (generation, headers) => {
  expect(generationOf(headers)).toBe(generation);
});

test.each([
  ['prefect/3.9.1 (API 0.8.4)', true],
  ['prefect/3.4.11 (API 0.8.4)', true],
  ['prefect/4.0.0 (API 0.8.4)', true],
  ['prefect/3.4.10 (API 0.8.4)', false],
  ['prefect/3.0.12 (API 0.8.4)', false],
  ['prefect/2.20.25 (API 0.8.4)', false],
  ['python-httpx/0.24.1', false],
])('whether %s prolongs the slots of deployments: %s', (agent, renews) => {
  expect(renewsSlots({ 'user-agent': agent })).toBe(renews);
});

test('clients of 2.x mean the start of flow runs alone, and nothing else of a body is another', () => {
  const start_time = { after_: '2026-01-01T00:00:00Z' };
  const body = { flow_runs: { start_time, name: { like_: 'x' } }, limit: 3 };
  expect(asMeant(body, 2)).toEqual({ ...body, flow_runs: { ...body.flow_runs, start_time: { ...start_time, alone: true } } });
  for (const other of [undefined, null, [], {}, { flow_runs: null }, { flow_runs: { name: { like_: 'x' } } }]) expect(asMeant(other, 2)).toBe(other);
  expect(asMeant(body, 3)).toBe(body);
});
