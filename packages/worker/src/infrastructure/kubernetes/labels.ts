import { createHash } from 'node:crypto';
import type { ClaimedRun } from '@sluice/core/model/worker';

/* By what labels and names a worker knows the Jobs of its pool: its own, and those that a worker which is gone has left. */

export const LABELS = {
  managedBy: 'app.kubernetes.io/managed-by',
  flow: 'sluice/flow',
  workPool: 'sluice/work-pool',
  worker: 'sluice/worker',
  flowRun: 'sluice/flow-run',
  epoch: 'sluice/epoch',
} as const;

export type Labels = Readonly<Record<string, string>>;

const MOST = 63;

/** A text as a value of a label: what had to be changed is told apart by a hash. */
export function labelValue(text: string): string {
  const plain = text.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  if (plain === text && text.length <= MOST) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return plain === '' ? hash : `${plain.slice(0, MOST - 9).replace(/[^A-Za-z0-9]+$/, '')}-${hash}`;
}

/** So much of a name is for people: a pod's name gets an ending, and may have 63 letters. */
const MOST_OF_NAME = 15;

/** The same claim has the same name, so a request that is sent twice makes one Job; the next claim of the run has another. */
export function nameOf({ flow_run, flow_name, epoch }: Pick<ClaimedRun, 'flow_run' | 'flow_name' | 'epoch'>, given?: string | null): string {
  const words = (given ?? flow_name).toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const begin = words
    .replace(/^[^a-z]+/, '')
    .slice(0, MOST_OF_NAME)
    .replace(/-+$/, '');
  return `${begin || 'run'}-${flow_run.id}-${epoch}`;
}

export const selector = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
