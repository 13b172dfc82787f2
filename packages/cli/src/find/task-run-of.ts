import { type Client, pageAll } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { TaskRun } from '@sluice/core/model/task-run';
import { tell } from '../render/message.ts';
import { notFound } from './or-nearest.ts';

/** A task run of this flow run, by its id, its name, or its task. Of several it is the one that began first, and that is said. */
export async function findTaskRunOf(client: Client, run: FlowRun, ref: string): Promise<TaskRun> {
  const task_runs = { flow_run_id: { any_: [run.id] } };
  const all = await pageAll((page) => client.request('POST /task_runs/filter', { body: { task_runs, ...page, sort: 'EXPECTED_START_TIME_ASC' } }));
  const [first, ...others] = all.filter(({ id, name, task_key }) => [id, name, task_key].includes(ref));
  if (!first) {
    const wanted = { noun: `task run of flow run '${run.name}'`, name: ref, listed: `sluice task-run ls --flow-run ${run.id}` };
    throw notFound(
      wanted,
      all.flatMap(({ name, task_key }) => [name, task_key]),
    );
  }
  if (others.length > 0) tell(`${others.length + 1} task runs are called "${ref}"; '${first.name}' began first.`);
  return first;
}
