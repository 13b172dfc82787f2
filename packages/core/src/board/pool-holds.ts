import type { BoardLimit, BoardRun } from '../model/board.ts';

/** When runs of the board held slots of a pool. One that started others lends its slot while it waits, and is left out. */
export function poolHolds(runs: readonly BoardRun[], pool: string): BoardLimit['holds'] {
  const parents = new Set(runs.flatMap(({ parent_id }) => parent_id ?? []));
  return runs
    .filter(({ id, work_pool_name }) => work_pool_name === pool && !parents.has(id))
    .flatMap(({ id, attempts }) => attempts.map(({ claimed, end }) => ({ flow_run_id: id, from: claimed, to: end })));
}
