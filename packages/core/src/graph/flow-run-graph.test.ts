import { expect, test } from 'vitest';
import { toMicros } from '../lib/time.ts';
import { flowRunGraph, type GraphRow } from './flow-run-graph.ts';

const row = (id: string, minute: number, more: Partial<GraphRow> = {}): GraphRow => ({
  kind: 'task-run',
  id,
  task_run_id: id,
  label: id,
  state_type: 'COMPLETED',
  start_time: `2026-01-01T00:0${minute}:00+00:00`,
  end_time: `2026-01-01T00:0${minute + 1}:00+00:00`,
  inputs: [],
  around: [],
  ...more,
});
const ids = (edges: readonly { id: string }[] | undefined) => edges?.map(({ id }) => id);
const EVER = toMicros('0001-01-01T00:00:00Z');

test('values make edges in both directions, and what nothing went into is a root', () => {
  const { root_node_ids, nodes } = flowRunGraph([row('a', 0), row('b', 1), row('c', 2, { inputs: ['b', 'a', 'b', 'elsewhere'] })], EVER);
  expect(root_node_ids).toEqual(['a', 'b']);
  const node = Object.fromEntries(nodes);
  expect(ids(node['c']?.parents)).toEqual(['a', 'b']);
  expect(ids(node['a']?.children)).toEqual(['c']);
  expect(node['c']).not.toHaveProperty('inputs');
});

test('a subflow stands in the place of its task run, by whichever id it is named', () => {
  const subflow = row('run', 0, { kind: 'flow-run', task_run_id: 'stand-in' });
  const { nodes } = flowRunGraph([subflow, row('a', 1, { inputs: ['stand-in'] }), row('b', 2, { inputs: ['run'] })], EVER);
  expect(nodes.map(([id, { parents }]) => [id, ids(parents)])).toEqual([
    ['run', []],
    ['a', ['run']],
    ['b', ['run']],
  ]);
});

test('what a task was called in is around it, and no parent', () => {
  const { root_node_ids, nodes } = flowRunGraph([row('outer', 0), row('inner', 1, { around: ['outer', 'outer'] })], EVER);
  expect(root_node_ids).toEqual(['outer', 'inner']);
  expect(ids(nodes[1]?.[1].encapsulating)).toEqual(['outer']);
});

test('after a time come those that go on, or have ended since; their edges are whole', () => {
  const rows = [row('old', 0), row('new', 3, { inputs: ['old'] }), row('open', 1, { end_time: null })];
  const { nodes } = flowRunGraph(rows, toMicros('2026-01-01T00:02:00Z'));
  expect(nodes.map(([id]) => id)).toEqual(['new', 'open']);
  expect(ids(nodes[0]?.[1].parents)).toEqual(['old']);
});
