import { describe, expect, test } from 'vitest';
import { runBody } from '../src/engine/run-body.ts';
import { RunAborted, TimedOut } from '../src/errors.ts';

const never = () => new Promise<never>(() => {});

describe('a body', () => {
  test('gives its value, or throws its error', async () => {
    const { signal } = new AbortController();
    expect(await runBody(undefined, signal, () => 1)).toBe(1);
    expect(await runBody('1h', signal, async () => 2)).toBe(2);
    await expect(
      runBody('1h', signal, () => {
        throw new Error('mine');
      }),
    ).rejects.toThrow('mine');
  });

  test('that takes too long is over, though it ignores its signal', async () => {
    let own: AbortSignal | undefined;
    const { signal } = new AbortController();
    const body = runBody('10ms', signal, (given) => {
      own = given;
      return never();
    });
    await expect(body).rejects.toThrow(new TimedOut('It took longer than 0.01 s.'));
    expect(own?.reason).toBeInstanceOf(TimedOut);
    expect(signal.aborted).toBe(false);
  });

  test('that is told to stop is waited for, so that it can clean up', async () => {
    const stop = new AbortController();
    const steps: string[] = [];
    const body = runBody(undefined, stop.signal, async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await new Promise(setImmediate);
      steps.push('cleaned up');
      throw signal.reason;
    });
    stop.abort(new RunAborted('Cancelled'));
    await expect(body).rejects.toMatchObject({ reason: 'Cancelled' });
    expect(steps).toEqual(['cleaned up']);
  });

  test('of a run that has run out of time is over at once', async () => {
    const stop = new AbortController();
    const body = runBody(undefined, stop.signal, never);
    stop.abort(new TimedOut('the flow'));
    await expect(body).rejects.toThrow('the flow');
  });

  test('is not begun in a run that is stopped', async () => {
    const body = runBody(undefined, AbortSignal.abort(new RunAborted('Cancelled')), () => 'begun');
    await expect(body).rejects.toBeInstanceOf(RunAborted);
  });
});
