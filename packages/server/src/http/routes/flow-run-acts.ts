import type { flowRunActRoutes } from '@sluice/core/api/flow-run-act-routes';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { StateCreate } from '@sluice/core/model/state';
import { isFinal } from '@sluice/core/model/state-type';
import type { Outcome } from '../../orchestrate/change.ts';
import { proposeFlowRun } from '../../orchestrate/propose.ts';
import { readBehind } from '../../store/behind-task.ts';
import { readFlowRunOf } from '../../store/task-runs.ts';
import { readNames } from '../../store/wait-facts.ts';
import { missing } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = keyof typeof flowRunActRoutes;

export const flowRunActHandlers = ({ database: { sql }, door, newId }: Deps): Handlers<Keys> => {
  async function scopeOf(id: string, taskRunId: string) {
    const flowRunId = await readFlowRunOf(sql, taskRunId);
    if (flowRunId !== id)
      throw missing(`Task run ${taskRunId} of flow run ${id}`, flowRunId ? `It is one of flow run ${flowRunId}.` : 'GET the task runs of this run.');
    const { task_runs, flow_runs } = await readBehind(sql, id, taskRunId);
    return { task_runs: task_runs.length, flow_runs: flow_runs.length };
  }

  return {
    'GET /flow_runs/{id}/restart': ({ params, query }) => scopeOf(params.id, query.from_task_run_id),
    'POST /flow_runs/{id}/restart': async ({ params: { id }, body: { from_task_run_id, transition_id = newId() }, writer }) => {
      const scope = await scopeOf(id, from_task_run_id);
      const names = await readNames(sql, [id, from_task_run_id]);
      const message = `Restarted from task run '${names.get(from_task_run_id)}'.`;
      const proposed: StateCreate = { type: 'SCHEDULED', name: 'AwaitingRetry', message, state_details: { transition_id } };
      const outcome = await door.submit(proposeFlowRun({ id, state_id: newId(), proposed, writer, restart: { from_task_run_id } }));
      const isMade = outcome.status === 'ACCEPT' || outcome.state?.state_details.transition_id === transition_id;
      if (!isMade) throw refused(names.get(id) ?? id, outcome);
      return new Reply(JSON.stringify({ ...scope, state: outcome.state }), outcome.written ? 201 : 200);
    },
  };
};

function refused(name: string, { id, reason, state }: Outcome): SluiceError {
  const hint = isFinal(state?.type)
    ? `Look at it: sluice flow-run inspect ${id}`
    : `Follow it with: sluice flow-run watch ${id}. Or end it first: sluice flow-run cancel ${id}`;
  return new SluiceError('CONFLICT', `'${name}' cannot be restarted. ${reason ?? ''}`.trim(), { hint });
}
