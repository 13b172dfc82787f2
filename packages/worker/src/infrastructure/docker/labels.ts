import type { ClaimedRun } from '@sluice/core/model/worker';

/* By what names and labels a worker knows the containers of its pool: its own, and those that a worker which is gone has left. */

export const LABELS = {
  workPool: 'sluice.work-pool',
  worker: 'sluice.worker',
  flow: 'sluice.flow',
  flowRun: 'sluice.flow-run',
  epoch: 'sluice.epoch',
  /** It stays after its end, for who wants to look at it. */
  kept: 'sluice.kept',
} as const;

export type Labels = Readonly<Record<string, string>>;

const MOST_OF_NAME = 40;

/** The same claim has the same name; the next claim of the run has another. */
export function nameOf({ flow_run, epoch }: Pick<ClaimedRun, 'flow_run' | 'epoch'>, given?: string | null): string {
  const words = (given ?? flow_run.name).toLowerCase().replaceAll(/[^a-z0-9_.-]+/g, '-');
  const begin = words.replace(/^[^a-z0-9]+/, '').slice(0, MOST_OF_NAME);
  return `${begin || 'run'}-${flow_run.id}-${epoch}`;
}
