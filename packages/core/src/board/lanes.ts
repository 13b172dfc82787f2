import type { Attempt, BoardRun } from '../model/board.ts';

/*
 * Where the bars of a board lie. Times are milliseconds; `now` is the end of what goes on.
 */

/** A stay of a run on a worker, and its track in the worker's lane. */
export interface Bar {
  readonly run: BoardRun;
  readonly attempt: Attempt;
  /** Since when the run stood in the queue, but not before its track was free. */
  readonly queued: number;
  readonly start: number;
  readonly end: number;
  readonly track: number;
}

export interface Lane {
  readonly worker: string;
  /** Tracks of runs that work, and below them thin ones of parents, which mostly wait for others. */
  readonly tracks: number;
  readonly thinTracks: number;
  readonly bars: readonly Bar[];
  readonly thinBars: readonly Bar[];
}

/** Runs that no worker has: in a process of their own. */
const NO_WORKER = 'no worker';

const byName = new Intl.Collator('en', { numeric: true });

/** A lane for each worker, by name, with a track for each run that it had at once. */
export function lanesOf(runs: readonly BoardRun[], now: number): Lane[] {
  const parents = new Set(runs.flatMap(({ parent_id }) => parent_id ?? []));
  const byWorker = new Map<string, { thick: Placed[]; thin: Placed[] }>();
  for (const run of runs) {
    for (const attempt of run.attempts) {
      const worker = attempt.worker ?? NO_WORKER;
      const lane = byWorker.get(worker) ?? { thick: [], thin: [] };
      byWorker.set(worker, lane);
      const isThin = parents.has(run.id);
      (isThin ? lane.thin : lane.thick).push({
        run,
        attempt,
        queued: Date.parse(attempt.queued),
        start: Date.parse(attempt.start ?? attempt.claimed),
        end: attempt.end === null ? now : Date.parse(attempt.end),
      });
    }
  }
  return [...byWorker]
    .sort(([a], [b]) => byName.compare(a, b))
    .map(([worker, { thick, thin }]) => {
      const [work, wait] = [pack(thick), pack(thin)];
      return { worker, tracks: Math.max(1, work.tracks), thinTracks: wait.tracks, bars: work.bars, thinBars: wait.bars };
    });
}

type Placed = Omit<Bar, 'track'>;

/** Each bar on the first track that is free when it starts. */
function pack(bars: readonly Placed[]): { bars: Bar[]; tracks: number } {
  const ends: number[] = [];
  const placed = bars
    .toSorted((a, b) => a.start - b.start)
    .map((bar) => {
      const fit = ends.findIndex((end) => end <= bar.start);
      const track = fit < 0 ? ends.length : fit;
      const free = ends[track] ?? 0;
      ends[track] = bar.attempt.end === null ? Number.POSITIVE_INFINITY : bar.end;
      return { ...bar, track, queued: Math.max(bar.queued, free) };
    });
  return { bars: placed, tracks: ends.length };
}
