import type { Board } from '@sluice/core/model/board';
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { flowRuns } from './flow-runs.ts';
import { live } from './live.ts';

/** A board that follows its runs: rows by each progress, all else by asking again. */
export function useLiveBoard(id: string): UseQueryResult<Board> {
  const cache = useQueryClient();
  const wanted = flowRuns.board(id);
  const { queryKey } = wanted;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is made of the id
  useEffect(
    () =>
      live.listen((told) => {
        if (told.topic !== 'progress') return;
        const { flow_run_id, label, done, total } = told.data;
        const rows = label === 'rows' ? { done, total } : label === 'loading' ? { done: total ?? done, total } : undefined;
        if (!rows) return;
        cache.setQueryData(queryKey, (board: Board | undefined) =>
          board?.runs.some((run) => run.id === flow_run_id)
            ? { ...board, runs: board.runs.map((run) => (run.id === flow_run_id ? { ...run, rows } : run)) }
            : board,
        );
      }),
    [cache, id],
  );
  return useQuery(wanted);
}
