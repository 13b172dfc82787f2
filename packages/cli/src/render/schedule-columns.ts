import { isObject } from '@sluice/core/lib/json';
import type { DeploymentSchedule, Schedule } from '@sluice/core/model/schedule';
import { type Column, column, instantColumn } from './column.ts';

/** As Prefect's command writes it. */
export function scheduleText(schedule: Schedule): string {
  if ('cron' in schedule) return `cron: ${schedule.cron}`;
  return 'rrule' in schedule ? `rrule: ${schedule.rrule}` : `interval: ${schedule.interval}s`;
}

const parametersText = (parameters: unknown) => (isObject(parameters) && Object.keys(parameters).length > 0 ? JSON.stringify(parameters) : '');

export const SCHEDULE_COLUMNS: readonly Column<DeploymentSchedule>[] = [
  column('ID', ({ id }) => id),
  column('Schedule', ({ schedule }) => scheduleText(schedule)),
  column('Timezone', ({ schedule }) => schedule.timezone),
  column('Active', ({ active }) => active),
  column('Slug', ({ slug }) => slug),
  column('Parameters', ({ parameters }) => parametersText(parameters)),
  instantColumn('Updated', ({ updated }) => updated),
  column('Catchup', ({ catchup }) => catchup),
];
