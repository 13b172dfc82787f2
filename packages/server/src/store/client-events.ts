import type { EventCreate } from '@sluice/core/model/event';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** An event on its way into its row. */
export interface NewEvent extends EventCreate {
  /** It tells of a task run that is to be recorded. */
  readonly records: boolean;
}

/** Stores events, each once however often it is sent. */
export async function insertEvents(sql: Sql, events: readonly NewEvent[]): Promise<void> {
  const rows = events.map(({ records, ...event }) => {
    const resource_id = event.resource['prefect.resource.id'] as string;
    const others = event.related.map((labels) => labels['prefect.resource.id'] as string);
    return { ...event, records, resource_id, resource_ids: [...new Set([resource_id, ...others])] };
  });
  await sql`
    insert into event (id, occurred, event, resource_id, resource, related, payload, follows, resource_ids, record_at)
    select n.id, n.occurred, n.event, n.resource_id, n.resource, n.related, n.payload, n.follows, n.resource_ids,
      case when n.records then clock_timestamp() end
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as n(
      id uuid, occurred timestamptz, event text, resource_id text, resource jsonb, related jsonb, payload json, follows uuid, resource_ids text[],
      records boolean)
    on conflict (id) do nothing`;
}

/** What of an event the recorder reads. */
export type ToRecord = Pick<EventCreate, 'id' | 'occurred' | 'resource' | 'related' | 'payload'>;

/** Takes events whose task runs are to be recorded now, so that nobody else does while the transaction runs. */
export async function takeEventsToRecord(sql: Sql, limit: number): Promise<ToRecord[]> {
  const rows = await sql<{ json: ToRecord }[]>`
    select json_build_object('id', id, 'occurred', occurred, 'resource', resource, 'related', related, 'payload', payload) as json
    from event where record_at <= clock_timestamp() order by record_at, id limit ${limit} for update skip locked`;
  return rows.map(({ json }) => json);
}

/** Notes that they are recorded. Those that wait, for a flow run that is not there yet, are tried again: the longer they have waited, the later. */
export async function noteRecorded(
  sql: Sql,
  { done, waiting }: { readonly done: readonly string[]; readonly waiting: readonly string[] },
): Promise<void> {
  await Promise.all([
    done.length > 0 && sql`update event set record_at = null where id = any(${pgArray(done)}::uuid[])`,
    waiting.length > 0 &&
      sql`update event set record_at = clock_timestamp() + greatest(interval '1 second', (clock_timestamp() - received) / 4)
        where id = any(${pgArray(waiting)}::uuid[])`,
  ]);
}

/** Deletes at most `limit` events that were received more than `days` ago. */
export async function deleteOldEvents(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from event where id in (select id from event where received < now() - ${days} * interval '1 day' limit ${limit})`;
  return count;
}
