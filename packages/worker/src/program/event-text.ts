import type { WorkerEvent, WorkerOptions } from '../worker-options.ts';

/** What a worker tells of itself, a line each. */
export function eventText(event: WorkerEvent, { pool, limit }: Pick<WorkerOptions, 'pool' | 'limit'>): string {
  switch (event.type) {
    case 'online':
      return `online; takes runs of the work pool "${pool}", ${limit} at once`;
    case 'claimed':
      return `started '${event.flow_run}' of ${event.flow}${event.epoch > 1 ? ` (claim ${event.epoch})` : ''}`;
    case 'ended':
      return `ended '${event.flow_run}': ${event.how}`;
    case 'note':
      return event.message;
  }
}
