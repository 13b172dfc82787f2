/** The longest that anybody waits for the next bytes. */
const LONGEST_STALL_MS = 600_000;

/** Ends a request for which nothing comes any more. */
export interface Watch extends Disposable {
  readonly signal: AbortSignal;
  readonly isStalled: boolean;
  /** Something has come. */
  beat(): void;
  /** Throws what ended it from outside. */
  expectGoing(): void;
}

export function watch(stallMs: number, outer: AbortSignal): Watch {
  const own = new AbortController();
  const start = () => setTimeout(() => own.abort(), Math.min(stallMs, LONGEST_STALL_MS));
  let timer: NodeJS.Timeout | undefined = start();
  return {
    signal: AbortSignal.any([outer, own.signal]),
    get isStalled() {
      return own.signal.aborted;
    },
    beat: () => {
      if (timer === undefined) return;
      clearTimeout(timer);
      timer = start();
    },
    expectGoing: () => outer.throwIfAborted(),
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      timer = undefined; // what comes afterwards starts none again, or the process would wait for it
    },
  };
}
