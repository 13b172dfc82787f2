import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@sluice/client';
import { followEvents } from '@sluice/client/events';
import type { Told } from '@sluice/core/events/topics';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import { logNews, type RunNews, RunReader, stateNews } from './run-news.ts';

/** How often a server is asked that tells nothing by itself: a Prefect server. */
const POLL_MS = 1000;
const FIRST_LINES = 200;

/**
 * States and log lines of a flow run as they come, beginning with all states so far and the newest `lines`; undefined: all of them.
 * Answers with the run at its end.
 */
export async function* watchFlowRun(
  client: Client,
  id: string,
  signal: AbortSignal,
  { lines }: { readonly lines: number | undefined } = { lines: FIRST_LINES },
): AsyncGenerator<RunNews, FlowRun> {
  const read = () => client.request('GET /flow_runs/{id}', { params: { id } }, { signal });
  const reader = new RunReader(client, id, lines);
  await read(); // a run that is not there has no news
  const { ourRoutes } = await client.capabilities({ signal });
  yield* ourRoutes ? follow(client, id, reader, signal) : poll(read, reader, signal);
  return read();
}

/** By the last of these states: a run that is run again has ended before. */
function isOver(news: readonly RunNews[]): boolean {
  const last = news.findLast((each) => each.kind === 'state');
  return last?.kind === 'state' && isFinal(last.state.type);
}

async function* follow(client: Client, id: string, reader: RunReader, signal: AbortSignal): AsyncGenerator<RunNews, void> {
  for await (const told of followEvents(client, { topics: ['flow_run', 'log'], flow_run_id: id }, signal)) {
    if (told.topic === 'flow_run' && 'deleted' in told.data) return;
    const news = await newsOf(told, reader, signal);
    yield* news;
    if (isOver(news)) return;
  }
  signal.throwIfAborted();
}

/** After a gap all is read that was not told yet. */
async function newsOf(told: Told, reader: RunReader, signal: AbortSignal): Promise<RunNews[]> {
  if (told.topic === 'ready' || told.topic === 'reset') return reader.read(signal);
  if (told.topic === 'log') return [logNews(told.data)].filter((news) => reader.take(news));
  if (told.topic !== 'flow_run' || !('state' in told.data)) return [];
  return [stateNews(told.data.state)].filter((news) => reader.take(news));
}

async function* poll(read: () => Promise<FlowRun>, reader: RunReader, signal: AbortSignal): AsyncGenerator<RunNews, void> {
  for (;;) {
    const run = await read(); // before its lines, so that what is final is complete
    yield* await reader.read(signal);
    if (isFinal(run.state_type)) return;
    await pause(POLL_MS, undefined, { signal });
  }
}
