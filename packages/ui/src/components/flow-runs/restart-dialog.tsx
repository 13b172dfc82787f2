import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import { count } from '../../lib/format.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { SelectField } from '../base/field.tsx';
import { calledTasks } from '../task-runs/called-tasks.ts';
import { restartAct } from './acts.ts';

/** So many task runs can be chosen from a list; each can be on its own row. */
const MOST = 300;

interface RestartDialogProps {
  readonly run: Pick<FlowRun, 'id' | 'name'>;
  /** The task run to start from; without one a person chooses it. */
  readonly from?: { readonly id: string; readonly name: string } | undefined;
  readonly onClose: () => void;
}

/** Runs a run again from a task on, and says before what that throws away. */
export function RestartDialog({ run, from, onClose }: RestartDialogProps) {
  const [chosen, choose] = useState<string>();
  const trace = useQuery({ ...flowRuns.trace(run.id), enabled: from === undefined }).data;
  const tasks = trace ? calledTasks(trace).map(({ task: { id }, name }) => ({ id, name })) : [];
  const task = from ?? tasks.find(({ id }) => id === chosen) ?? tasks[0];
  return (
    <ActDialog
      act={restartAct(run, task ?? { id: '', name: '…' }, task && <Scope run={run} task={task.id} />)}
      onClose={onClose}
      isReady={task !== undefined}
    >
      {from === undefined && (
        <SelectField
          label="From the task run"
          value={task?.id ?? ''}
          choices={tasks.slice(0, MOST).map(({ id, name }) => [id, name] as const)}
          hint={
            tasks.length > MOST ? `The first ${count(MOST)} of ${count(tasks.length)}. The others can be restarted from on their rows.` : undefined
          }
          onChange={choose}
        />
      )}
    </ActDialog>
  );
}

function Scope({ run, task }: { readonly run: Pick<FlowRun, 'id'>; readonly task: string }) {
  const scope = useQuery(flowRuns.restartScope(run.id, task)).data;
  return (
    <p>
      The results of this task run and of all that were called after it are thrown away
      {scope && (
        <>
          : <strong>{count(scope.task_runs)}</strong> {scope.task_runs === 1 ? 'result' : 'results'}
          {scope.flow_runs > 0 && (
            <>
              , and <strong>{count(scope.flow_runs)}</strong> child runs run again
            </>
          )}
        </>
      )}
      . What came before is kept.
    </p>
  );
}
