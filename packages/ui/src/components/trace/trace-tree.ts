import type { Trace, TraceChild, TraceTask } from '@sluice/core/model/trace';
import type { FlowRun } from '../../api/flow-runs.ts';
import type { Standing } from '../../lib/states.ts';

/** What a bar is drawn from. */
export type Timed = Standing & Pick<TraceTask, 'expected_start_time' | 'start_time' | 'end_time' | 'run_count' | 'tries' | 'message'>;

/** A flow run, a task run, or many task runs that are alike. */
export interface TraceNode {
  readonly key: string;
  readonly kind: 'run' | 'task' | 'many';
  readonly name: string;
  /** What tells it from its neighbours. */
  readonly about: string | null;
  /** The task run or flow run; null for many. */
  readonly of: (Timed & { readonly id: string }) | null;
  /** The flow run behind it: its own, or the one that the task stands for. */
  readonly runId: string | null;
  /** The flow run that it belongs to. */
  readonly within: string;
  readonly children: readonly TraceNode[];
  /** Its children are not known yet: they come when it is opened. */
  readonly isClosedRun: boolean;
  /** So many task runs, of many. */
  readonly size: number;
}

/** From so many on, task runs that are alike are one row. */
export const MANY_FROM = 30;

const NONE: readonly never[] = [];

type Traces = ReadonlyMap<string, Trace>;

/** The tree below a flow run, as far as traces are there. */
export function treeOf(run: FlowRun, traces: Traces): TraceNode {
  const of = { ...run, tries: [], message: run.state?.message ?? null };
  return {
    key: run.id,
    kind: 'run',
    name: run.name,
    about: null,
    of,
    runId: run.id,
    within: run.id,
    children: childrenOf(run.id, traces),
    isClosedRun: false,
    size: 1,
  };
}

function childrenOf(runId: string, traces: Traces): readonly TraceNode[] {
  const trace = traces.get(runId);
  if (!trace) return [];
  const inOrder = trace.task_runs.toSorted(byTime);
  const tasks = groupBy(inOrder, ({ called_in }) => called_in ?? '');
  const runs = groupBy(trace.flow_runs, ({ parent_task_run_id }) => parent_task_run_id);
  const known = new Set(trace.task_runs.map(({ id }) => id));
  const nodeOf = (task: TraceTask): TraceNode => {
    const [inner, started] = [tasks.get(task.id) ?? NONE, runs.get(task.id) ?? NONE];
    const only = started[0];
    // Most have nothing below them: all that follows would be done ten thousand times for nothing.
    if (!only && inner.length === 0) return { ...taskBase(task, runId), about: null, runId: null, children: NONE, isClosedRun: false };
    if (only && started.length === 1 && inner.length === 0) return standIn(task, only, runId, traces);
    const children = [...gathered(task.id, inner.map(nodeOf), inner), ...started.map((child) => runNode(child, runId, traces))];
    return { ...taskBase(task, runId), about: null, runId: null, children, isClosedRun: false };
  };
  const top = inOrder.filter(({ called_in }) => called_in === null || !known.has(called_in));
  return gathered(runId, top.map(nodeOf), top);
}

/** In the order in which they were called: one that starts late stays where it stands. */
function byTime(one: TraceTask, other: TraceTask): number {
  const [first, second] = [one.expected_start_time ?? '', other.expected_start_time ?? ''];
  if (first === second) return one.id < other.id ? -1 : 1;
  return first < second ? -1 : 1;
}

const taskBase = (task: TraceTask, within: string) => ({ key: task.id, kind: 'task' as const, name: task.name, of: task, within, size: 1 });

export const nameOfChild = ({ table, name }: TraceChild): string => table ?? name;

/** A task that only stands for one flow run is one row with it. */
function standIn(task: TraceTask, run: TraceChild, within: string, traces: Traces): TraceNode {
  return {
    ...taskBase(task, within),
    key: run.id,
    kind: 'run',
    name: nameOfChild(run),
    about: run.table === null ? task.name : run.name,
    // How long it waited is the flow run's own.
    of: run,
    runId: run.id,
    children: childrenOf(run.id, traces),
    isClosedRun: !traces.has(run.id),
  };
}

function runNode(run: TraceChild, within: string, traces: Traces): TraceNode {
  return {
    key: run.id,
    kind: 'run',
    name: run.name,
    about: run.table,
    of: run,
    runId: run.id,
    within,
    children: childrenOf(run.id, traces),
    isClosedRun: !traces.has(run.id),
    size: 1,
  };
}

/** Many calls of one task as one node that can be opened, where the first of them stands. */
function gathered(parent: string, nodes: readonly TraceNode[], tasks: readonly TraceTask[]): readonly TraceNode[] {
  if (nodes.length < MANY_FROM) return nodes;
  const counts = groupBy(nodes, (_, index) => tasks[index]?.task_key ?? '');
  if (![...counts.values()].some((alike) => alike.length >= MANY_FROM)) return nodes;
  const done = new Set<string>();
  return nodes.flatMap((node, index) => {
    const task = tasks[index] as TraceTask;
    const alike = counts.get(task.task_key) ?? [];
    if (alike.length < MANY_FROM) return [node];
    if (done.has(task.task_key)) return [];
    done.add(task.task_key);
    const base = { key: `${parent} ${task.task_key}`, kind: 'many' as const, name: task.task_key, about: null, of: null, runId: null };
    return [{ ...base, within: node.within, children: alike, isClosedRun: false, size: alike.length }];
  });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T, index: number) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item, index);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
