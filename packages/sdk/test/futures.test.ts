import { describe, expect, test } from 'vitest';
import { mapTask, startFuture } from '../src/future.ts';
import { task } from '../src/task.ts';

/** Calls that end when the test says so. */
function byHand() {
  const open = new Map<number, PromiseWithResolvers<string>>();
  const started: number[] = [];
  const call = (n: number) => {
    started.push(n);
    const handle = Promise.withResolvers<string>();
    open.set(n, handle);
    return handle.promise;
  };
  const end = (n: number) => open.get(n)?.resolve(`done ${n}`);
  const fail = (n: number) => open.get(n)?.reject(new Error(`failed ${n}`));
  return { call, end, fail, started };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a future', () => {
  test('tells its state, and a failure that nobody awaits is no unhandled rejection', async () => {
    const good = startFuture(async () => 1);
    const bad = startFuture(async () => Promise.reject(new Error('no')));
    expect(good.state()).toBe('running');
    await turn();
    expect([good.state(), bad.state()]).toEqual(['completed', 'failed']);
    expect(await good).toBe(1);
    await expect(bad).rejects.toThrow('no');
  });

  test('starts after those it is told to wait for, and not at all when one of them failed', async () => {
    const calls: string[] = [];
    const note = task({ name: 'note' }, (text: string) => void calls.push(text));
    const first = startFuture(async () => void calls.push('first'));
    await note.submit('second', { after: [first] });
    expect(calls).toEqual(['first', 'second']);
    const bad = startFuture(async () => Promise.reject(new Error('the one before')));
    await expect(note.submit('third', { after: [bad] })).rejects.toThrow('the one before');
    expect(calls).toHaveLength(2);
  });
});

describe('a map', () => {
  test('has so many runs at once and no more, and takes an input only when there is room', async () => {
    const { call, end, started } = byHand();
    const taken: number[] = [];
    async function* inputs() {
      for (let n = 1; n <= 5; n++) {
        taken.push(n);
        yield n;
      }
    }
    const mapped = mapTask(call, inputs(), { concurrency: 2 });
    await turn();
    expect([started, taken]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    end(2);
    await turn();
    expect([started, taken]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    for (const n of [1, 3]) end(n);
    await turn();
    for (const n of [4, 5]) end(n);
    expect(await mapped.results()).toEqual([1, 2, 3, 4, 5].map((n) => `done ${n}`));
  });

  test('gives its results in the order of the inputs, and by iteration as they come', async () => {
    const { call, end } = byHand();
    const mapped = mapTask(call, [1, 2, 3], {});
    const arrived: string[] = [];
    const reading = (async () => {
      for await (const value of mapped) arrived.push(value);
    })();
    for (const n of [3, 1, 2]) {
      await turn();
      end(n);
    }
    await reading;
    expect(arrived).toEqual(['done 3', 'done 1', 'done 2']);
    expect(await mapped.results()).toEqual(['done 1', 'done 2', 'done 3']);
  });

  test('throws its first failure after all have ended; settled() has every outcome', async () => {
    const { call, end, fail } = byHand();
    const mapped = mapTask(call, [1, 2, 3], {});
    let thrown: unknown;
    mapped.results().catch((error) => {
      thrown = error;
    });
    await turn();
    fail(2);
    await turn();
    expect(thrown).toBeUndefined();
    end(1);
    end(3);
    expect(await mapped.settled()).toEqual([
      { status: 'completed', value: 'done 1' },
      { status: 'failed', error: new Error('failed 2') },
      { status: 'completed', value: 'done 3' },
    ]);
    expect(thrown).toEqual(new Error('failed 2'));
  });

  test('of nothing has no results, and a source that breaks is thrown after what it gave', async () => {
    expect(await mapTask(async (n: number) => n, [], {}).results()).toEqual([]);
    async function* broken() {
      yield 1;
      throw new Error('the source broke');
    }
    const mapped = mapTask(async (n: number) => n, broken(), {});
    await expect(mapped.results()).rejects.toThrow('the source broke');
    const read: number[] = [];
    const reading = (async () => {
      for await (const value of mapped) read.push(value);
    })();
    await expect(reading).rejects.toThrow('the source broke');
    expect(read).toEqual([1]);
  });
});

describe('a task outside of a flow', () => {
  test('is the function it is made of, with its retries', async () => {
    let tries = 0;
    const unlucky = task({ name: 'unlucky', retries: 2, retryDelay: ['1ms', '2ms'] }, (n: number, { run }) => {
      tries++;
      if (run.attempt < 3) throw new Error('not yet');
      return n * 2;
    });
    expect(await unlucky(21)).toBe(42);
    expect(tries).toBe(3);
    await expect(unlucky.with({ retries: 0 })(1)).rejects.toThrow('not yet');
  });

  test('needs a name', () => {
    expect(() => task(() => 1)).toThrow('A task needs a name: give it one, or make it from a named function.');
    expect(task(function named() {}).taskName).toBe('named');
  });
});
