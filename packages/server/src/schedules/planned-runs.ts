import type { JsonObject } from '@sluice/core/lib/json';
import { type Micros, SECOND, toInstant } from '@sluice/core/lib/time';
import type { Schedule } from '@sluice/core/model/schedule';
import type { FlowRunChange } from '../orchestrate/change.ts';
import { proposeFlowRun } from '../orchestrate/propose.ts';
import type { DueSchedule } from '../store/due-schedules.ts';
import { newFlowRun } from '../store/new-runs.ts';

/** The instant as Prefect writes it into the key of a run: the same time of the same schedule has one run. */
const keyTime = (at: Micros) =>
  toInstant(at)
    .replace('T', ' ')
    .replace(/\.0+(?=\+)/, '');

/** Prefect's names of the kinds of schedules. */
function kindOf(schedule: Schedule): string {
  if ('cron' in schedule) return 'CronSchedule';
  return 'rrule' in schedule ? 'RRuleSchedule' : 'IntervalSchedule';
}

interface Makers {
  readonly newId: () => string;
  readonly newName: () => string;
}

/** The runs of a schedule at these times, as Prefect's scheduler makes them. */
export function plannedRuns(
  { deployment, ...schedule }: DueSchedule,
  times: readonly Micros[],
  { newId, newName }: Makers,
  message = 'Flow run scheduled',
): FlowRunChange[] {
  const parameters: JsonObject = { ...deployment.parameters, ...schedule.parameters };
  const tags = [...new Set(['auto-scheduled', ...deployment.tags])];
  const created_by = { id: schedule.id, type: 'SCHEDULE', display_value: schedule.slug ?? kindOf(schedule.schedule) };
  return times.map((time) => {
    const id = newId();
    const asked = { parameters, tags, context: {}, idempotency_key: `scheduled ${deployment.id} ${schedule.id} ${keyTime(time)}` };
    const create = newFlowRun(asked, {
      id,
      name: newName(),
      flow_id: deployment.flow_id,
      deployment_id: deployment.id,
      deployment_version: deployment.version,
      work_queue_id: deployment.work_queue_id,
      labels: deployment.labels,
      infrastructure_document_id: deployment.infrastructure_document_id,
      bundle: deployment.bundle,
      created_by,
      auto_scheduled: true,
    });
    const proposed = { type: 'SCHEDULED' as const, message, state_details: { scheduled_time: toInstant(time) } };
    return proposeFlowRun({ id, create, state_id: newId(), proposed, force: true });
  });
}

/** Of the times that a schedule should have runs for: when it has to be looked at again, since by then it has too few of them. */
export function nextLook(times: readonly Micros[], { now, min, reach }: { now: Micros; min: number; reach: Micros }): Micros {
  const tooFew = times.at(-Math.min(min, times.length || 1)) ?? now + IDLE;
  const tooNear = (times.at(-1) ?? now + IDLE) - reach;
  return Math.max(now + SHORTEST, Math.min(now + IDLE, times.length < min ? tooFew : Math.min(tooFew, tooNear)));
}

const SHORTEST = 5 * SECOND;
/** A rule that has no more times in sight is asked again after so long. */
const IDLE = 86_400 * SECOND;
