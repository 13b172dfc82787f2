import { toInstant } from '@sluice/core/lib/time';
import type { EventCreate } from '@sluice/core/model/event';
import type { Database } from '../db/database.ts';
import type { NewsDesk } from '../events/news.ts';
import { insertEvents } from '../store/client-events.ts';
import { type ChangedStatus, STATUS_KINDS, type StatusKind, takeChangedStatuses } from '../store/told-statuses.ts';
import type { Service } from './service.ts';

interface Deps {
  readonly database: Database;
  readonly desk: NewsDesk;
  readonly newId: () => string;
  readonly everySeconds: number;
}

/** One tick tells no more of a kind. */
const MOST = 500;

const inKebabCase = (status: ChangedStatus['status']) => status.toLowerCase().replace('_', '-');

/**
 * Tells by events which pools, queues and deployments have become ready, not ready or paused, each change once: `prefect.work-pool.ready`.
 * Prefect 3.9.1 tells of them in the requests that make them ready, and in its Foreman; the labels and resources are its own.
 */
export const createStatuses = ({ database, desk, newId, everySeconds }: Deps): Service => ({
  name: 'statuses',
  everySeconds,
  tick: async () => {
    let told = 0;
    for (const kind of STATUS_KINDS) told += await tell({ database, newId }, kind);
    if (told > 0) desk.publish({ events: true });
    return { told };
  },
});

const tell = ({ database, newId }: Pick<Deps, 'database' | 'newId'>, kind: StatusKind): Promise<number> =>
  database.transaction(async (sql) => {
    const changed = await takeChangedStatuses(sql, kind, MOST);
    const occurred = toInstant(Date.now() * 1000);
    const events = changed.map(({ status, resource, related }): EventCreate & { records: false } => ({
      id: newId(),
      occurred,
      event: `prefect.${kind}.${inKebabCase(status)}`,
      resource,
      related: [...related],
      payload: {},
      records: false,
    }));
    if (events.length > 0) await insertEvents(sql, events);
    return events.length;
  });
