import type { JsonObject } from '@sluice/core/lib/json';
import type { StateType } from '@sluice/core/model/state-type';
import type { FlowRun } from '../../api/flow-runs.ts';
import { count } from '../../lib/format.ts';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';

type Named = Pick<FlowRun, 'id' | 'name'>;

/** Ends a run: one without a process at once, another one when its process has stopped. */
export const cancelAct = ({ id, name }: Named): Act =>
  act(
    'POST /flow_runs/{id}/set_state',
    { params: { id }, body: { state: { type: 'CANCELLING', name: 'Cancelling' } } },
    {
      title: `Cancel ${name}`,
      about: 'If it waits it is cancelled at once. If it runs, its process is told to stop, and so are its child runs.',
      confirm: 'Cancel the run',
      kind: 'danger',
      command: sluice('flow-run', 'cancel', id),
      done: ({ state }) => (state?.type === 'CANCELLED' ? `${name} is cancelled.` : `${name} is stopping.`),
    },
  );

/** Runs a run that has ended once more, under its own id. */
export const retryAct = ({ id, name }: Named): Act =>
  act(
    'POST /flow_runs/{id}/set_state',
    { params: { id }, body: { state: { type: 'SCHEDULED', name: 'AwaitingRetry', message: 'Run again from the dashboard.' } } },
    {
      title: `Retry ${name}`,
      about: 'It goes back to its queue and runs again. What its tasks and child runs have finished is kept; the rest is done again.',
      confirm: 'Retry',
      command: sluice('flow-run', 'retry', id),
      done: `${name} is scheduled again.`,
    },
  );

export const resumeAct = ({ id, name }: Named): Act =>
  act(
    'POST /flow_runs/{id}/resume',
    { params: { id }, body: {} },
    {
      title: `Resume ${name}`,
      about: 'It goes on where it was paused.',
      confirm: 'Resume',
      command: sluice('flow-run', 'resume', id),
      done: `${name} goes on.`,
    },
  );

/** Gives a paused run what it has asked for, and lets it go on. */
export const answerAct = ({ id, name }: Named, run_input: { readonly [field: string]: unknown }): Act =>
  act(
    'POST /flow_runs/{id}/resume',
    { params: { id }, body: { run_input: run_input as JsonObject } },
    { title: `Resume ${name}`, confirm: 'Resume', command: undefined, done: `${name} goes on.` },
  );

/** Runs a run again from one of its task runs on. */
export const restartAct = ({ id, name }: Named, task: { readonly id: string; readonly name: string }, about: Act['about']): Act =>
  act(
    'POST /flow_runs/{id}/restart',
    { params: { id }, body: { from_task_run_id: task.id } },
    {
      title: `Restart ${name} from ${task.name}`,
      about,
      confirm: 'Restart',
      command: sluice('flow-run', 'retry', id, '--from', task.id),
      done: ({ task_runs, flow_runs }) =>
        `${name} is scheduled again: ${count(task_runs)} results are thrown away${flow_runs > 0 ? `, ${count(flow_runs)} child runs run again` : ''}.`,
    },
  );

/** Gives a run a state that a person says. */
export const stateAct = ({ id, name }: Named, type: StateType, message: string, force: boolean): Act =>
  act(
    'POST /flow_runs/{id}/set_state',
    { params: { id }, body: { state: { type, ...(message && { message }) }, ...(force && { force }) } },
    {
      title: `Change the state of ${name}`,
      about: 'This says how the run stands. It starts no process, and stops none but by CANCELLING.',
      confirm: 'Change the state',
      command: sluice('flow-run', 'set-state', id, type, ...(message ? ['--message', message] : []), ...(force ? ['--force'] : [])),
      done: ({ state }) => `${name} is ${state?.name ?? type} now.`,
    },
  );

export const deleteAct = ({ id, name }: Named, onDone: () => void): Act =>
  act(
    'DELETE /flow_runs/{id}',
    { params: { id } },
    {
      title: `Delete ${name}`,
      about: 'Its task runs, results and logs go too. Its child runs stay.',
      confirm: 'Delete',
      kind: 'danger',
      command: sluice('flow-run', 'delete', id, '--yes'),
      done: `${name} is deleted.`,
      onDone,
    },
  );
