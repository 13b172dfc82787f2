import type { BoundedFilter } from '@sluice/core/events/event-filter';
import type { Sql } from '../db/database.ts';

/** Where events are read from: their own rows, and the histories of states. */
export interface EventSource {
  readonly view: 'client_event_view' | 'flow_run_event_view' | 'task_run_event_view';
  /** What its events and resources are all called; undefined when they may be called anything. */
  readonly prefix: string | undefined;
}

const SOURCES: readonly EventSource[] = [
  { view: 'client_event_view', prefix: undefined },
  { view: 'flow_run_event_view', prefix: 'prefect.flow-run.' },
  { view: 'task_run_event_view', prefix: 'prefect.task-run.' },
];

const none = (values: readonly string[] | null | undefined) => !values?.length;

/** Sources in which a filter may find something: the others are not looked at. */
export function sourcesOf({ event, resource }: BoundedFilter): EventSource[] {
  return SOURCES.filter(({ prefix }) => {
    if (prefix === undefined) return true;
    const begins = (value: string) => value.startsWith(prefix) || prefix.startsWith(value);
    return (
      (none(event?.name) || event?.name?.some((name) => name.startsWith(prefix))) &&
      (none(event?.prefix) || event?.prefix?.some(begins)) &&
      (none(resource?.id) || resource?.id?.some((id) => id.startsWith(prefix))) &&
      (none(resource?.id_prefix) || resource?.id_prefix?.some(begins))
    );
  });
}

/** Events of states by the ids of their states, as the JSON text that goes over the wire. */
export async function readStateEvents(sql: Sql, topic: 'flow_run' | 'task_run', ids: readonly string[]): Promise<string[]> {
  const rows = await sql<{ json: string }[]>`
    select row_to_json(e)::text as json from (
      select v.id, v.occurred, v.event, v.resource, v.related, v.payload, v.follows, v.received
      from ${sql(`${topic}_event_view`)} v where v.id = any(${`{${ids.join(',')}}`}::uuid[]) order by v.occurred, v.id
    ) e`;
  return rows.map(({ json }) => json);
}
