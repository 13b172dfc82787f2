import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { WorkPool } from '@sluice/core/model/work-pool';
import type { MakeInfrastructure } from './infrastructure.ts';

/** Types of work pools and what runs their runs; a worker loads that of its own pool alone. */
const TABLE = {
  process: async () => (await import('./process/process-infrastructure.ts')).processInfrastructure,
  docker: async () => (await import('./docker/docker-infrastructure.ts')).dockerInfrastructure,
  kubernetes: async () => (await import('./kubernetes/kubernetes-infrastructure.ts')).kubernetesInfrastructure,
} satisfies { readonly [type: string]: () => Promise<MakeInfrastructure> };

type PoolType = keyof typeof TABLE;

export const isKnownType = (type: string): type is PoolType => Object.hasOwn(TABLE, type);

/** The types of work pools that a worker of ours runs, for a sentence. */
export const KNOWN_TYPES = Object.keys(TABLE).join(', ');

/** What runs the runs of this pool: its type decides, as the server knows it. */
export function infrastructureOf({ name, type }: Pick<WorkPool, 'name' | 'type'>): Promise<MakeInfrastructure> {
  if (isKnownType(type)) return TABLE[type]();
  throw unknownType(name, type);
}

/** A pool that no worker of ours can run is told of before one is started for it. */
export function expectKnownType({ name, type }: Pick<WorkPool, 'name' | 'type'>): void {
  if (!isKnownType(type)) throw unknownType(name, type);
}

const unknownType = (name: string, type: string) =>
  new SluiceError('USAGE', `The work pool "${name}" is of type ${type}; this worker runs ${KNOWN_TYPES}.`, {
    hint: 'Choose another with --pool, or make one: sluice work-pool create NAME --type process.',
  });
