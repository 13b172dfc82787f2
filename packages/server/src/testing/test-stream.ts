import { KEPT_TOPICS, type TopicName } from '@sluice/core/events/topics';
import { type Batch, createEventStream, type EventStream } from '../events/stream.ts';
import { positionText } from '../store/event-position.ts';
import { insertLogs } from '../store/logs.ts';
import { newFlowRun, startTestEngine } from './test-engine.ts';
import { makeFlow } from './test-records.ts';

interface Options {
  readonly topics?: readonly TopicName[];
  readonly flowRunId?: string;
  readonly descendants?: boolean;
  readonly runTopics?: readonly TopicName[];
  readonly after?: string;
  readonly from?: EventStream;
}

export interface Told {
  readonly topic: string;
  readonly id: string;
  readonly message?: string;
  readonly flow_run?: { readonly id: string };
  readonly task_run?: { readonly id: string };
  readonly state?: { readonly type: string };
}

export const isRun = (id: string, type: string) => (told: Told) => told.flow_run?.id === id && told.state?.type === type;
export const statesOf = (told: readonly Told[], id: string) => told.filter(({ flow_run }) => flow_run?.id === id).map(({ state }) => state?.type);

/** An engine, a stream of its events, and who reads it. */
export async function startTestStream(postgres: string) {
  const engine = await startTestEngine(postgres);
  const stream = createEventStream(engine);
  const flow = await makeFlow(engine.sql);
  const make = async (name = 'run') => (await engine.door.submit(newFlowRun(flow, { name }))).id;
  const line = (message: string, flow_run_id: string) => ({
    id: engine.newId(),
    name: 'n',
    level: 20,
    message,
    timestamp: '2026-01-01T00:00:00Z',
    flow_run_id,
  });
  async function log(flow_run_id: string, ...messages: string[]): Promise<void> {
    await insertLogs(
      engine.sql,
      messages.map((message) => line(message, flow_run_id)),
    );
    engine.desk.publish({ events: true });
  }

  /** Reads from the stream as it is asked to. */
  async function reader({ topics = KEPT_TOPICS, flowRunId, descendants = false, runTopics, after, from = stream }: Options = {}) {
    const stop = new AbortController();
    const batches = from.follow({ topics, flowRunId, descendants, runTopics, after }, stop.signal);
    const first = (await batches.next()).value as Batch;
    let last = first;
    const next = async () => {
      const { value } = await batches.next();
      last = value as Batch;
      return last;
    };
    /** Data of the events up to the one that is wanted, and of those that come with it. */
    async function until(isWanted: (data: Told) => boolean): Promise<Told[]> {
      const told: Told[] = [];
      while (!told.some(isWanted)) told.push(...(await next()).events.map(({ topic, data }) => ({ topic, ...JSON.parse(data) })));
      return told;
    }
    return { first, next, until, position: () => positionText(last.position), [Symbol.asyncDispose]: async () => stop.abort() };
  }

  const stop = async () => {
    stream.close();
    await engine[Symbol.asyncDispose]();
  };
  return { engine, flow, make, line, log, reader, [Symbol.asyncDispose]: stop };
}

export type TestStream = Awaited<ReturnType<typeof startTestStream>>;
