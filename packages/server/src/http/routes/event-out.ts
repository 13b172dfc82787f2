import { bounded, EventFilter, includesEvent, includesName } from '@sluice/core/events/event-filter';
import { SECOND, toInstant } from '@sluice/core/lib/time';
import type { Event } from '@sluice/core/model/event';
import type { Sql } from '../../db/database.ts';
import type { AnyEvent } from '../../events/recent.ts';
import { readStateEvents } from '../../store/event-sources.ts';
import { type EventMark, findEvents } from '../../store/find-events.ts';
import type { Deps, Handlers } from '../handlers.ts';
import { CLOSE } from '../sockets/json-socket.ts';

/** Prefect's: so far back goes what a subscriber is told of before it came, so many at a time. */
const BACKFILL = 15 * 60 * SECOND;
const BACKFILL_PAGE = 250;

export const eventOutHandlers = ({ database: { sql }, events }: Deps): Handlers<'GET /events/out'> => ({
  'GET /events/out': async ({ socket }) => {
    const message = await socket.receiveJson();
    if (message?.['type'] !== 'filter') return socket.close(CLOSE.protocol, "Expected 'filter' message");
    const parsed = EventFilter.safeParse(message['filter'] ?? {});
    if (!parsed.success) return socket.close(CLOSE.protocol, `Invalid filter: ${parsed.error.issues[0]?.message}`);
    const filter: EventFilter = { ...parsed.data, order: 'ASC' };
    const send = (json: string) => socket.send(`{"type":"event","event":${json}}`);

    const batches = events.follow({ topics: ['flow_run', 'task_run', 'event'], flowRunId: undefined, after: undefined }, socket.signal);
    socket.signal.addEventListener('abort', () => void batches.return());
    // All that is committed from here on is told by the batches.
    await batches.next();
    const told = message['backfill'] === false ? new Set<string>() : await backfill(sql, filter, send);
    for await (const batch of batches) {
      for (const event of await toPrefect(sql, filter, batch.events)) {
        // What came while the backfill was read is in both.
        if (told.delete(event.id) || !includesEvent(filter, event)) continue;
        if (!(await send(JSON.stringify(event)))) return;
      }
    }
  },
});

/** Sends what the filter finds in the last minutes, oldest first. Returns the ids of what was sent last. */
async function backfill(sql: Sql, filter: EventFilter, send: (json: string) => Promise<boolean>): Promise<Set<string>> {
  const now = Date.now() * 1000;
  const earliest = toInstant(now - BACKFILL);
  const { occurred, ...rest } = bounded(filter, toInstant(now));
  const asked = { ...rest, occurred: { until: occurred.until, since: occurred.since > earliest ? occurred.since : earliest } };
  const told = new Set<string>();
  let after: EventMark | undefined;
  do {
    const page = await findEvents(sql, asked, { limit: BACKFILL_PAGE, after });
    for (const json of page.events) {
      told.add((JSON.parse(json) as Event).id);
      if (!(await send(json))) return told;
    }
    after = page.next;
  } while (after);
  return told;
}

/** Events of a batch in Prefect's shape. A state is looked up only when its name may be asked for: most subscribers wait for one that is rare. */
async function toPrefect(sql: Sql, filter: EventFilter, batch: readonly AnyEvent[]): Promise<Event[]> {
  const idsOf = (topic: 'flow_run' | 'task_run', prefix: string) =>
    batch.flatMap((event) => {
      if (event.topic !== topic || !event.position) return [];
      const { id, state } = JSON.parse(event.data) as { id: string; state: { name: string } };
      return includesName(filter, `${prefix}${state.name}`) ? [id] : [];
    });
  const read = async (topic: 'flow_run' | 'task_run', prefix: string) => {
    const ids = idsOf(topic, prefix);
    return ids.length > 0 ? readStateEvents(sql, topic, ids) : [];
  };
  const [flowRuns, taskRuns] = await Promise.all([read('flow_run', 'prefect.flow-run.'), read('task_run', 'prefect.task-run.')]);
  const own = batch.flatMap(({ topic, data }) => (topic === 'event' ? data : []));
  const all = [...flowRuns, ...taskRuns, ...own].map((json) => JSON.parse(json) as Event);
  return all.sort((a, b) => (a.occurred < b.occurred ? -1 : 1));
}
