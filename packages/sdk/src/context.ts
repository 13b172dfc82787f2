import { AsyncLocalStorage } from 'node:async_hooks';
import type { FlowRunScope, TaskTry } from './engine/flow-run-scope.ts';
import type { RunContext, RunInfo } from './model/run.ts';

interface Current {
  readonly scope: FlowRunScope;
  readonly context: RunContext;
  /** The try of a task that the code belongs to; undefined in the flow itself. */
  readonly task?: TaskTry;
}

const storage = new AsyncLocalStorage<Current>();

export const withContext = <T>(current: Current, work: () => T): T => storage.run(current, work);

/** The scope of the flow run that the caller is in; undefined outside of one. */
export const currentScope = (): FlowRunScope | undefined => storage.getStore()?.scope;
export const currentContext = (): RunContext | undefined => storage.getStore()?.context;
export const currentTask = (): TaskTry | undefined => storage.getStore()?.task;

export const run = {
  /** The current run; throws outside of one. */
  current(): RunInfo {
    const context = currentContext();
    if (!context) throw new Error('run.current() was called outside of a flow: there is no run here.');
    return context.run;
  },
};
