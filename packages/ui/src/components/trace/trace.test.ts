import type { Trace, TraceChild, TraceTask } from '@sluice/core/model/trace';
import { describe, expect, test } from 'vitest';
import type { FlowRun } from '../../api/flow-runs.ts';
import { axisOf, manyOf, pieceOf, timesOf } from './trace-bar.ts';
import { rowsOf } from './trace-rows.ts';
import { treeOf } from './trace-tree.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 24, 10, 0, second)).toISOString();
const bar = { state_type: 'COMPLETED' as const, state_name: 'Completed', run_count: 1, tries: [] as string[], message: null };
const times = (due: number, start: number, end: number) => ({ expected_start_time: at(due), start_time: at(start), end_time: at(end) });
const task = (id: string, more: Partial<TraceTask> = {}): TraceTask => ({
  ...bar,
  ...times(0, 0, 1),
  id,
  name: id,
  task_key: id,
  called_in: null,
  ...more,
});
const child = (id: string, parent: string, more: Partial<TraceChild> = {}): TraceChild => ({
  ...bar,
  ...times(1, 2, 3),
  id,
  name: id,
  flow_id: 'flow',
  parent_task_run_id: parent,
  worker_name: 'w',
  table: null,
  waiting_on: null,
  ...more,
});
const run = { ...bar, ...times(0, 0, 10), id: 'run', name: 'run', state: null, waiting_on: null } as unknown as FlowRun;
const traceOf = (task_runs: TraceTask[], flow_runs: TraceChild[] = []): Trace => ({ task_runs, flow_runs, more: false });

const ALL = { opened: new Map<string, boolean>(), find: '', errorsOnly: false };
const seen = (trace: Trace, choice: Partial<typeof ALL> = {}, others: [string, Trace][] = []) =>
  rowsOf(treeOf(run, new Map([['run', trace], ...others])), { ...ALL, ...choice }).map(({ node, depth }) => `${'. '.repeat(depth)}${node.name}`);

describe('the tree of a trace', () => {
  test('a task stands under the task that called it, a flow run under the one that started it', () => {
    const trace = traceOf([task('a'), task('b', { called_in: 'a' }), task('c')], [child('x', 'c'), child('y', 'c')]);
    expect(seen(trace)).toEqual(['run', '. a', '. . b', '. c', '. . x', '. . y']);
  });

  test('a task that only stands for one flow run is one row with it, named by its table, and opens into the tasks of that run', () => {
    const trace = traceOf([task('run-deployment')], [child('otter', 'run-deployment', { table: 'public.orders' })]);
    expect(seen(trace)).toEqual(['run', '. public.orders']);
    expect(seen(trace, { opened: new Map([['otter', true]]) }, [['otter', traceOf([task('extract')])]])).toEqual([
      'run',
      '. public.orders',
      '. . extract',
    ]);
  });

  test('many calls of one task are one row until it is opened, and all stand in the order in which they were called', () => {
    const many = Array.from({ length: 40 }, (_, index) => task(`t${index}`, { task_key: 'load', ...times(1, 1, 2) }));
    const trace = traceOf([task('end', times(2, 2, 3)), ...many, task('plan')]);
    expect(seen(trace)).toEqual(['run', '. plan', '. load', '. end']);
    expect(seen(trace, { opened: new Map([['run load', true]]) })).toHaveLength(44);
  });

  test('a search shows what matches with all that it stands under, also of many that are closed', () => {
    const many = Array.from({ length: 40 }, (_, index) => task(`t${index}`, { task_key: 'load', ...(index === 7 && { state_type: 'FAILED' }) }));
    const trace = traceOf([task('plan'), ...many]);
    expect(seen(trace, { find: 'T39' })).toEqual(['run', '. load', '. . t39']);
    expect(seen(trace, { errorsOnly: true })).toEqual(['run', '. load', '. . t7']);
    expect(seen(trace, { find: 'nothing' })).toEqual(['run']);
  });
});

describe('a bar', () => {
  const now = Date.parse(at(20));

  test('has the time in the queue before its start, and ends now while it goes on', () => {
    expect(timesOf(child('x', 'p'), now)).toEqual({ queued: Date.parse(at(1)), start: Date.parse(at(2)), end: Date.parse(at(3)) });
    const running = child('x', 'p', { state_type: 'RUNNING', end_time: null });
    expect(timesOf(running, now)).toMatchObject({ end: now });
    expect(timesOf({ ...running, start_time: null, expected_start_time: at(30) }, now)).toBeNull();
  });

  test('lies on an axis on which a long wait before the run takes a quarter at most', () => {
    const axis = axisOf(child('x', 'p', times(-3600, 0, 10)), now);
    const piece = pieceOf(Date.parse(at(0)), Date.parse(at(10)), axis);
    expect(piece.left).toBeCloseTo(0.25, 1);
    expect(piece.left + piece.width).toBeCloseTo(1, 1);
  });

  test('of many reaches from the first start to the last end, in segments by state', () => {
    const children = [task('a', times(0, 1, 4)), task('b', { ...times(0, 2, 9), state_type: 'FAILED' }), task('c', times(0, 2, 3))];
    const many = Array.from({ length: 30 }, (_, index) => task(`t${index}`, { task_key: 'load', ...times(0, 1, 2) }));
    const tree = treeOf(run, new Map([['run', traceOf([...many, ...children.map((each) => ({ ...each, task_key: 'load' }))])]]));
    const [load] = tree.children;
    expect(load && manyOf(load, now)).toEqual({
      times: { queued: null, start: Date.parse(at(1)), end: Date.parse(at(9)) },
      segments: [
        { tone: 'completed', type: 'COMPLETED', count: 32 },
        { tone: 'failed', type: 'FAILED', count: 1 },
      ],
    });
  });
});
