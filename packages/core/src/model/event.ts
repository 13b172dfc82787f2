import { z } from 'zod';
import { instant, json, natural, uuid } from './common.ts';
import { limited } from './field-limits.ts';

/** Prefect's limits. */
const MAX_LABELS = 500;
const MAX_RELATED = 100;
const MAX_EVENT_NAME = 1024;
/** A label may hold the message of a state. */
const MAX_LABEL = 128 * 1024;

const label = z.string().max(MAX_LABEL);

/** Something that events are about, by its labels. */
export const Resource = z
  .record(z.string().max(1000), label)
  .refine((labels) => (labels['prefect.resource.id'] ?? '') !== '', 'must have the label prefect.resource.id')
  .refine((labels) => Object.keys(labels).length <= MAX_LABELS, `has more than ${MAX_LABELS} labels`);
export type Resource = z.infer<typeof Resource>;

/** The same with the part that it has in an event. */
export const RelatedResource = Resource.refine(
  (labels) => (labels['prefect.resource.role'] ?? '') !== '',
  'must have the label prefect.resource.role',
);

/** What a client says has happened. Its id is the client's: one that is told again is the same event. */
export const EventCreate = z.object({
  id: uuid,
  occurred: instant,
  event: z.string().min(1).max(MAX_EVENT_NAME),
  resource: Resource,
  related: z.array(RelatedResource).max(MAX_RELATED).default([]),
  payload: limited('payload', z.record(z.string(), json)).default({}),
  follows: uuid.nullish(),
});
export type EventCreate = z.output<typeof EventCreate>;

/** An event as the server tells it. */
export const Event = z.object({
  id: uuid,
  occurred: instant,
  event: z.string(),
  resource: z.record(z.string(), z.string().nullable()),
  related: z.array(z.record(z.string(), z.string().nullable())),
  payload: z.record(z.string(), json),
  follows: uuid.nullable(),
  received: instant,
});
export type Event = z.infer<typeof Event>;

/** Some of the events that were found, newest first unless asked otherwise. */
export const EventPage = z.object({ events: z.array(Event), total: natural, next_page: z.string().nullable() });
export type EventPage = z.infer<typeof EventPage>;

/** How many events there are of a kind, or in a span of time. */
export const EventCount = z.object({ value: z.string(), label: z.string(), count: natural, start_time: instant, end_time: instant });

/** Whether a client reports by it what a task run of its own did, as Prefect 3 clients do. */
export const tellsOfTaskRun = ({ event, resource }: Pick<EventCreate, 'event' | 'resource'>): boolean =>
  event.startsWith('prefect.task-run.') && resource['prefect.orchestration'] === 'client';
