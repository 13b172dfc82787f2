import { toInstant } from '@sluice/core/lib/time';
import type { State } from '@sluice/core/model/state';
import { expect, test } from 'vitest';
import { retriedAt } from '../src/engine/reschedule.ts';

/** States a second apart, from the first. */
const life = (...names: string[]) =>
  names.map((each, index) => {
    const [type, name] = each.split(' ') as [State['type'], string | undefined];
    return { type, name: name ?? type, timestamp: toInstant(index * 1_000_000) } as State;
  });
const second = (n: number) => n * 1_000_000;

test.each([
  ['a first try was called for by nobody', life('SCHEDULED', 'PENDING', 'RUNNING'), 0],
  ['a crash is no new try', life('SCHEDULED', 'RUNNING', 'SCHEDULED Requeued', 'RUNNING'), 0],
  ['being handed back is none', life('SCHEDULED', 'RUNNING', 'SCHEDULED', 'RUNNING'), 0],
  ['its own retry is one', life('SCHEDULED', 'RUNNING', 'SCHEDULED AwaitingRetry', 'RUNNING'), second(2)],
  ['so is being started again after its end', life('SCHEDULED', 'RUNNING', 'FAILED', 'SCHEDULED', 'RUNNING'), second(3)],
  ['the newest counts', life('SCHEDULED', 'FAILED', 'SCHEDULED', 'SCHEDULED AwaitingRetry', 'RUNNING', 'SCHEDULED Requeued'), second(3)],
])('%s', (_what, states, at) => {
  expect(retriedAt(states)).toBe(at);
});
