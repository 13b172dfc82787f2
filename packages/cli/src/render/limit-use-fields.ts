import type { LimitUse } from '@sluice/core/model/limit-use';
import { ago } from './ago.ts';
import { type Column, column } from './column.ts';

type Party = Pick<LimitUse['waiters'][number], 'flow_run_name' | 'task_run_id' | 'task_run_name' | 'since'>;

function nameOf({ flow_run_name, task_run_id, task_run_name }: Party): string {
  const run = flow_run_name ?? 'a client';
  return task_run_id === null ? run : `${task_run_name ?? 'a task'} of ${run}`;
}

const listed = (parties: readonly Party[], total: number, nowMs: number): string => {
  const shown = parties.slice(0, 20);
  const names = shown.map((each) => `${nameOf(each)} (${ago(each.since, nowMs)})`);
  return [...names, ...(total > shown.length ? [`${total - shown.length} more`] : [])].join(', ');
};

/** Who holds a limit's slots since when, and who waits, the next first. */
export const limitUseFields = (use: LimitUse | undefined): Column<unknown>[] =>
  use
    ? [
        column('Held by', () => listed(use.holders, use.holders.length, Date.now())),
        column('Waiting', () => listed(use.waiters, use.waiting, Date.now())),
      ]
    : [];
