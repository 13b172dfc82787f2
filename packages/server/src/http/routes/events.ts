import { TOPIC_NAMES } from '@sluice/core/events/topics';
import { toEventText } from '../event-text.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = 'GET /events/stream';

export const eventHandlers = ({ events }: Deps): Handlers<Keys> => ({
  'GET /events/stream': async ({ query, lastEventId, signal }) => {
    const wish = {
      topics: query.topics ?? TOPIC_NAMES,
      flowRunId: query.flow_run_id,
      descendants: query.descendants === 'true',
      runTopics: query.run_topics,
      after: lastEventId ?? query.after,
    };
    const batches = events.follow(wish, signal);
    // Whatever part of the answer was read: a reader that is gone is no longer counted.
    signal.addEventListener('abort', () => void batches.return());
    // Trouble before the first event is answered as an error; later the stream breaks off, and its reader comes again.
    const first = await batches.next();
    return new Reply(toEventText(first, batches));
  },
});
