import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pause, startTimer } from './timers.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const DAY = 86_400_000;

test.each([1, DAY, 24 * DAY, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 30 * DAY, 365 * DAY, 4000 * DAY])(
  'a timer of %i ms fires then, and not before',
  async (ms) => {
    let fired = 0;
    startTimer(ms, () => fired++);
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(fired).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(fired).toBe(1);
    await vi.advanceTimersByTimeAsync(DAY);
    expect(fired).toBe(1);
  },
);

test('one that is stopped never fires, in whichever part of it', async () => {
  let fired = 0;
  const timer = startTimer(60 * DAY, () => fired++);
  await vi.advanceTimersByTimeAsync(30 * DAY);
  timer.stop();
  await vi.advanceTimersByTimeAsync(60 * DAY);
  expect(fired).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('a pause of a month ends after a month, or at once when it is aborted', async () => {
  let done = '';
  void pause(30 * DAY).then(() => {
    done = 'over';
  });
  await vi.advanceTimersByTimeAsync(30 * DAY - 1);
  expect(done).toBe('');
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toBe('over');

  const stop = new AbortController();
  const aborted = pause(30 * DAY, stop.signal);
  stop.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  await expect(pause(1, stop.signal)).rejects.toThrow('enough');
  expect(vi.getTimerCount()).toBe(0);
});
