export type FutureState = 'running' | 'completed' | 'failed';

/** A task that is under way. Await it for its result; a failure is thrown there. */
export type Future<T> = Promise<T> & { state(): FutureState };

/** Starts work and goes on. A failure that nobody has awaited yet is not an unhandled rejection. */
export function startFuture<T>(work: () => Promise<T>): Future<T> {
  let state: FutureState = 'running';
  const promise = work();
  promise.then(
    () => {
      state = 'completed';
    },
    () => {
      state = 'failed';
    },
  );
  return Object.assign(promise, { state: () => state });
}

export interface MapOptions {
  readonly concurrency?: number;
}

export type Settled<T> = { readonly status: 'completed'; readonly value: T } | { readonly status: 'failed'; readonly error: unknown };

/** The runs of a map. Iterate for results as they come, or take them all in the order of the inputs. */
export interface MappedFutures<T> extends AsyncIterable<T> {
  /** All results in order; the first failure is thrown after all have ended. */
  results(): Promise<T[]>;
  /** All outcomes in order; never rejects. */
  settled(): Promise<Settled<T>[]>;
}

/** Takes the next input only when there is room, so an endless source is not a problem. */
export function mapTask<In, Out>(
  call: (input: In) => Promise<Out>,
  inputs: Iterable<In> | AsyncIterable<In>,
  { concurrency = Number.POSITIVE_INFINITY }: MapOptions,
): MappedFutures<Out> {
  const outcomes: Settled<Out>[] = [];
  const arrived: Settled<Out>[] = [];
  let wake = Promise.withResolvers<void>();
  let finished = false;
  const tell = () => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };

  async function drive(): Promise<void> {
    const open = new Set<Promise<void>>();
    let index = 0;
    for await (const input of inputs) {
      const place = index++;
      const one = call(input)
        .then(
          (value): Settled<Out> => ({ status: 'completed', value }),
          (error: unknown): Settled<Out> => ({ status: 'failed', error }),
        )
        .then((outcome) => {
          outcomes[place] = outcome;
          arrived.push(outcome);
          open.delete(one);
          tell();
        });
      open.add(one);
      if (open.size >= concurrency) await Promise.race(open);
    }
    await Promise.all(open);
  }

  const all = drive().finally(() => {
    finished = true;
    tell();
  });
  all.catch(() => {});

  return {
    settled: async () => {
      await all;
      return outcomes;
    },
    results: async () => {
      await all;
      const failed = outcomes.find((outcome) => outcome.status === 'failed');
      if (failed) throw failed.error;
      return outcomes.map((outcome) => (outcome as Extract<Settled<Out>, { status: 'completed' }>).value);
    },
    async *[Symbol.asyncIterator]() {
      for (let next = 0; ; ) {
        const outcome = arrived[next];
        if (outcome) {
          next++;
          if (outcome.status === 'failed') throw outcome.error;
          yield outcome.value;
        } else if (finished) {
          await all;
          return;
        } else {
          await wake.promise;
        }
      }
    },
  };
}
