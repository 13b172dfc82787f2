import { instant, labels, natural, tags, uuid } from '@sluice/core/model/common';
import { TaskRunPolicy } from '@sluice/core/model/run-policy';
import { StateCreate } from '@sluice/core/model/state';
import { TaskRunCreate } from '@sluice/core/model/task-run';
import { z } from 'zod';
import type { ToRecord } from '../store/client-events.ts';
import { newTaskRun } from '../store/new-runs.ts';
import type { TaskRunChange } from './change.ts';
import { recordTaskRun } from './propose.ts';

const { task_key, cache_key, cache_expiration, task_version, task_inputs, name } = TaskRunCreate.shape;

/** What a Prefect 3 client puts into the payload; fields that are null it leaves out. */
const Told = z.object({
  validated_state: StateCreate,
  task_run: z.object({
    name,
    task_key,
    dynamic_key: z.coerce.string().max(2000),
    cache_key,
    cache_expiration,
    task_version,
    task_inputs,
    empirical_policy: TaskRunPolicy.nullish(),
    tags: tags.nullish(),
    labels: labels.nullish(),
    run_count: natural.nullish(),
    flow_run_run_count: natural.nullish(),
    expected_start_time: instant.nullish(),
    start_time: instant.nullish(),
    end_time: instant.nullish(),
    total_run_time: z.number().nullish(),
  }),
});

/** The id in a resource's name, such as `prefect.task-run.<id>`. */
const idIn = (resource: string | undefined, kind: string): string | undefined =>
  resource?.startsWith(`prefect.${kind}.`) ? uuid.safeParse(resource.slice(`prefect.${kind}.`.length)).data : undefined;

/** The change that an event tells of, as Prefect 3.9 records it; a sentence when it tells of none. */
export function taskRunOfEvent({ id: state_id, occurred, resource, related, payload }: ToRecord): TaskRunChange | string {
  const id = idIn(resource['prefect.resource.id'], 'task-run');
  if (!id) return 'Its resource is no task run.';
  const flow_run_id = idIn(related.find((labels) => labels['prefect.resource.role'] === 'flow-run')?.['prefect.resource.id'], 'flow-run') ?? null;
  const parsed = Told.safeParse(payload);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const { validated_state: state, task_run } = parsed.data;
  const asked = {
    ...task_run,
    empirical_policy: task_run.empirical_policy ?? undefined,
    tags: task_run.tags ?? [],
    labels: task_run.labels ?? {},
    flow_run_id,
  };
  return recordTaskRun({
    state_id,
    proposed: { ...state, state_details: { ...state.state_details, flow_run_id, task_run_id: id } },
    create: newTaskRun(asked, { id, recorded: true, name: task_run.name ?? `${task_run.task_key}-${task_run.dynamic_key}` }),
    recorded: {
      timestamp: occurred,
      run_count: task_run.run_count ?? 0,
      flow_run_run_count: task_run.flow_run_run_count ?? 0,
      expected_start_time: task_run.expected_start_time ?? null,
      start_time: task_run.start_time ?? null,
      end_time: task_run.end_time ?? null,
      total_run_time: task_run.total_run_time ?? 0,
    },
  });
}
