import { setTimeout as pause } from 'node:timers/promises';
import type { Batch } from '../events/stream.ts';
import { positionText } from '../store/event-position.ts';

/** A line now and then, so that nothing in between takes a quiet stream for a dead one. */
const QUIET_MS = 15_000;

/** Each event has the position behind it as its id: a reader that loses the connection goes on after the last event that arrived whole. */
function batchText({ events, reset }: Batch): string {
  const lines = events.map(({ topic, data, position }) => `${position ? `id: ${positionText(position)}\n` : ''}event: ${topic}\ndata: ${data}\n\n`);
  if (reset.length > 0) lines.push(`event: reset\ndata: ${JSON.stringify({ topics: reset })}\n\n`);
  return lines.join('');
}

/** Batches as server-sent events: `ready`, then what happens. */
export async function* toEventText(first: IteratorResult<Batch, void>, batches: AsyncGenerator<Batch, void>): AsyncGenerator<string> {
  if (first.done) return;
  yield `id: ${positionText(first.value.position)}\nevent: ready\ndata: {}\n\n`;
  if (first.value.reset.length > 0) yield batchText(first.value);
  for (let next = batches.next(); ; ) {
    const batch = await orQuiet(next);
    if (batch === 'quiet') yield ': nothing new\n\n';
    else if (batch.done) return;
    else {
      yield batchText(batch.value);
      next = batches.next();
    }
  }
}

async function orQuiet<T>(next: Promise<T>): Promise<T | 'quiet'> {
  const over = new AbortController();
  try {
    return await Promise.race([next, pause(QUIET_MS, 'quiet' as const, { signal: over.signal, ref: false })]);
  } finally {
    over.abort();
  }
}
