import type { BoardRun } from '../model/board.ts';
import { isFinal } from '../model/state-type.ts';

/** A board in numbers. Runs that started others are not counted: they wait for them. */
export interface BoardSummary {
  /** Those that have completed. */
  readonly done: number;
  readonly total: number;
  readonly running: number;
  readonly queued: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Attempts beyond the first, of all runs. */
  readonly retries: number;
  readonly rows: number;
}

export function summaryOf(runs: readonly BoardRun[]): BoardSummary {
  const parents = new Set(runs.flatMap(({ parent_id }) => parent_id ?? []));
  const work = runs.filter(({ id }) => runs.length === 1 || !parents.has(id));
  const count = (isMeant: (run: BoardRun) => boolean) => work.filter(isMeant).length;
  return {
    total: work.length,
    done: count(({ state_type }) => state_type === 'COMPLETED'),
    running: count(({ state_type }) => state_type === 'RUNNING' || state_type === 'PENDING' || state_type === 'CANCELLING'),
    queued: count(({ state_type }) => state_type === 'SCHEDULED' || state_type === 'PAUSED'),
    failed: count(({ state_type }) => state_type === 'FAILED' || state_type === 'CRASHED'),
    cancelled: count(({ state_type }) => state_type === 'CANCELLED'),
    retries: runs.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0),
    rows: runs.reduce((sum, { rows }) => sum + (rows?.done ?? 0), 0),
  };
}

/** From the first moment to the last one of a board, in milliseconds; `now` is the end of what goes on. */
export function spanOf(runs: readonly BoardRun[], now: number): { from: number; to: number } {
  const starts = runs.flatMap(({ attempts, queued }) => [...attempts.slice(0, 1).map((attempt) => attempt.claimed), ...(queued ? [queued] : [])]);
  const from = Math.min(now, ...starts.map((start) => Date.parse(start)));
  const goesOn = runs.some(({ state_type }) => !isFinal(state_type));
  const ends = runs.flatMap(({ attempts }) => attempts.map(({ end }) => (end === null ? now : Date.parse(end))));
  return { from, to: goesOn ? now : Math.max(from + 1000, ...ends) };
}
