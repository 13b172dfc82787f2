import type { LeaseHolder } from '@sluice/core/model/concurrency-limit';
import type { Party } from '@sluice/core/waits/wait-graph';

/** Holders as the wait graph names them. */
export const toParties = (holders: readonly LeaseHolder[]): Party[] =>
  holders.flatMap(({ type, id }) => (type === 'deployment' ? [] : [`${type === 'task_run' ? 'task' : 'body'} ${id}`]));
