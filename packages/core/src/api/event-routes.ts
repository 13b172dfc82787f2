import { z } from 'zod';
import { EventFilter } from '../events/event-filter.ts';
import { TIME_UNITS, type TimeUnit } from '../events/time-spans.ts';
import { TOPIC_NAMES, type TopicName } from '../events/topics.ts';
import { natural, uuid } from '../model/common.ts';
import { EventCount, EventCreate, EventPage } from '../model/event.ts';
import { defineRoute } from './route.ts';

/** Names with commas between; all when it is left out. */
const topics = z
  .string()
  .max(1000)
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(TOPIC_NAMES as [TopicName, ...TopicName[]])))
  .optional();

/** Prefect's INTERACTIVE_PAGE_SIZE: both the default and the most. */
const MOST_EVENTS = 50;

export const eventRoutes = {
  'GET /events/stream': defineRoute({
    summary: 'All that happens, as it happens: server-sent events',
    tag: 'events',
    query: z.object({
      topics,
      /** Only events of this flow run: its states, its task runs, its log, its progress. */
      flow_run_id: uuid.optional(),
      /** Events of all flow runs that run in it too. */
      descendants: z.enum(['true', 'false']).optional(),
      /** Topics to which `flow_run_id` applies: of the other topics all events come. */
      run_topics: topics,
      /** Go on after this event: the `id` of the last one that was read. The header Last-Event-ID says the same. */
      after: z.string().max(2000).optional(),
    }),
    ok: z.string(),
    reply: 'stream',
    ours: true,
  }),
  'POST /events': defineRoute({
    summary: 'Store events',
    tag: 'events',
    body: z.array(EventCreate).max(10_000),
    bodyLimit: 8 * 1024 * 1024,
    ok: z.undefined(),
    status: 204,
  }),
  'GET /events/in': defineRoute({
    summary: 'Store events as they come; a ping is answered when all that came before it is stored',
    tag: 'events',
    ok: z.undefined(),
    reply: 'socket',
  }),
  'POST /events/filter': defineRoute({
    summary: 'Find events',
    tag: 'events',
    body: z.strictObject({ filter: EventFilter.nullish(), limit: natural.max(MOST_EVENTS).default(MOST_EVENTS) }).prefault({}),
    ok: EventPage,
  }),
  'GET /events/filter/next': defineRoute({
    summary: 'Read the next page of events that were found',
    tag: 'events',
    query: z.object({ 'page-token': z.string().max(64 * 1024) }),
    ok: EventPage,
  }),
  'POST /events/count-by/{countable}': defineRoute({
    summary: 'Count events by time, by name or by resource',
    tag: 'events',
    params: z.object({ countable: z.enum(['day', 'time', 'event', 'resource']) }),
    body: z.strictObject({
      filter: EventFilter,
      time_unit: z.enum(Object.keys(TIME_UNITS) as [TimeUnit, ...TimeUnit[]]).default('day'),
      time_interval: z.number().min(0.01).max(1_000_000).default(1),
    }),
    ok: z.array(EventCount),
  }),
  'GET /events/out': defineRoute({
    summary: 'Events as they happen, by a filter',
    tag: 'events',
    ok: z.undefined(),
    reply: 'socket',
  }),
};
