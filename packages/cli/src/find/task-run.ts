import type { Client } from '@sluice/client';
import type { TaskRun } from '@sluice/core/model/task-run';
import { tell } from '../render/message.ts';
import { isId } from './flow-run.ts';
import { notFound, orNearest } from './or-nearest.ts';

/** A task run by its id or its name. When several have this name, it takes the newest, and says so. */
export async function findTaskRun(client: Client, ref: string): Promise<TaskRun> {
  const wanted = { noun: 'task run', name: ref, listed: 'sluice task-run ls' };
  if (isId(ref)) return orNearest(client.request('GET /task_runs/{id}', { params: { id: ref } }), wanted, async () => []);
  const runs = await client.request('POST /task_runs/filter', { body: { task_runs: { name: { any_: [ref] } }, sort: 'ID_DESC' } });
  const [newest] = runs;
  if (!newest) {
    const recent = await client.request('POST /task_runs/filter', { body: { sort: 'ID_DESC' } });
    throw notFound(
      wanted,
      recent.map(({ name }) => name),
    );
  }
  if (runs.length > 1) tell(`${runs.length === 200 ? '200 or more' : runs.length} task runs have the name "${ref}"; this is the newest.`);
  return newest;
}
