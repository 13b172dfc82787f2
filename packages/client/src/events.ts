import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { Told, TopicName } from '@sluice/core/events/topics';
import { createParser } from 'eventsource-parser';
import type { Client } from './client-over.ts';
import { pause } from './timers.ts';

export interface EventWish {
  /** All when it is left out. */
  readonly topics?: readonly TopicName[];
  /** Only what is told of this flow run. */
  readonly flow_run_id?: string;
  /** And of all flow runs that run in it. */
  readonly descendants?: boolean;
  /** Topics to which `flow_run_id` applies: of the other topics all events come. */
  readonly run_topics?: readonly TopicName[];
}

interface Heard {
  readonly told: Told;
  /** Where the reader stands when it has had it; undefined where that is where it stood. */
  readonly position: string | undefined;
}

/** Between two connections, when one breaks at once after the other. */
const AGAIN_MS = 500;

/**
 * What happens, as the server tells it: first `ready`, then each event once, also when the connection breaks in between and is made
 * anew. Ends when `signal` does. Rejects as `client.request` does; a Prefect server has no such route (`client.capabilities`).
 */
export async function* followEvents(
  client: Client,
  { topics, flow_run_id, descendants, run_topics }: EventWish,
  signal: AbortSignal,
): AsyncGenerator<Told, void> {
  const query = {
    ...(topics && { topics: topics.join(',') }),
    ...(flow_run_id && { flow_run_id }),
    ...(descendants && { descendants: 'true' as const }),
    ...(run_topics && { run_topics: run_topics.join(',') }),
  };
  let position: string | undefined;
  while (!signal.aborted) {
    const headers = position === undefined ? {} : { 'last-event-id': position };
    try {
      const text = await client.open('GET /events/stream', { query }, { signal, headers });
      for await (const { told, position: next } of parse(text)) {
        const isAgain = told.topic === 'ready' && position !== undefined;
        position = next ?? position;
        if (!isAgain) yield told;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isSluiceError(error)) throw error; // it was tried for as long as the client is patient
    }
    await pause(AGAIN_MS, signal).catch(() => {});
  }
}

async function* parse(text: AsyncIterable<string>): AsyncGenerator<Heard> {
  const heard: Heard[] = [];
  const parser = createParser({
    onEvent: ({ event = '', id, data }) => heard.push({ told: { topic: event, data: JSON.parse(data) } as unknown as Told, position: id }),
  });
  for await (const piece of text) {
    parser.feed(piece);
    yield* heard.splice(0);
  }
}
