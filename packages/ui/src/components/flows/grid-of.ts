import type { StateType } from '@sluice/core/model/state-type';
import type { FlowRun } from '../../api/flow-runs.ts';
import type { TaskRun } from '../../api/task-runs.ts';
import { span } from '../../lib/format.ts';
import { wordOf } from '../../lib/states.ts';

/** What one task did in one run. */
export interface Cell {
  /** How often it was called there. */
  readonly count: number;
  /** Of all calls the one that a person should see. */
  readonly worst: TaskRun;
  readonly words: string;
}

export interface TaskRow {
  readonly task: string;
  /** One for each run; undefined where the task was not called. */
  readonly cells: readonly (Cell | undefined)[];
}

const WORST_FIRST: readonly StateType[] = ['FAILED', 'CRASHED', 'CANCELLED', 'CANCELLING', 'RUNNING', 'PAUSED', 'PENDING', 'SCHEDULED', 'COMPLETED'];
const rank = ({ state_type: type }: TaskRun) => WORST_FIRST.indexOf(type ?? 'SCHEDULED');

/** Tasks by the order in which they were called first; a fan-out is one row. */
export function gridOf(runs: readonly Pick<FlowRun, 'id'>[], taskRuns: readonly TaskRun[]): readonly TaskRow[] {
  const oldestFirst = taskRuns.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const byTask = Map.groupBy(oldestFirst, taskOf);
  return [...byTask].map(([task, calls]) => {
    const byRun = Map.groupBy(calls, ({ flow_run_id }) => flow_run_id);
    return { task, cells: runs.map(({ id }) => cellOf(byRun.get(id))) };
  });
}

/** The name of a task that runs a deployment is the deployment's. */
const taskOf = ({ task_key: key }: TaskRun) => key.replace(/^run-deployment /, '');

function cellOf(calls: readonly TaskRun[] | undefined): Cell | undefined {
  const worst = calls?.toSorted((a, b) => rank(a) - rank(b))[0];
  if (!calls || !worst) return undefined;
  if (calls.length === 1) return { count: 1, worst, words: [wordOf(worst), timeOf(worst)].filter(Boolean).join(', ') };
  const states = Map.groupBy(calls, wordOf);
  return { count: calls.length, worst, words: [...states].map(([word, of]) => `${of.length} ${word}`).join(', ') };
}

const timeOf = ({ start_time: start, end_time: end }: TaskRun) => (start && end ? span(Date.parse(end) - Date.parse(start)) : '');
