/** A worker that waits for runs, with room for so many more. */
export interface IdleWorker<W> {
  readonly waiter: W;
  /** Empty: all queues of the pool. */
  readonly queues: readonly string[];
  readonly room: number;
}

/** Gives each run, in order, to the worker with the most room left that serves its queue. Runs that fit no worker are left out. */
export function assign<R extends { readonly queue: string }, W>(runs: readonly R[], waiting: readonly IdleWorker<W>[]): [R, W][] {
  const room = new Map(waiting.map((each) => [each, each.room]));
  return runs.flatMap((run): [R, W][] => {
    const fitting = waiting.filter((each) => (room.get(each) ?? 0) > 0 && (each.queues.length === 0 || each.queues.includes(run.queue)));
    const [best] = fitting.sort((a, b) => (room.get(b) ?? 0) - (room.get(a) ?? 0));
    if (!best) return [];
    room.set(best, (room.get(best) ?? 0) - 1);
    return [[run, best.waiter]];
  });
}
