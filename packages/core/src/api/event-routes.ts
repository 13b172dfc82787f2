import { z } from 'zod';
import { TOPIC_NAMES, type TopicName } from '../events/topics.ts';
import { uuid } from '../model/common.ts';
import { defineRoute } from './route.ts';

/** Names with commas between; all when it is left out. */
const topics = z
  .string()
  .max(1000)
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(TOPIC_NAMES as [TopicName, ...TopicName[]])))
  .optional();

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
};
