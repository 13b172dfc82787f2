import type { Trace } from '@sluice/core/model/trace';
import { type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import { useLiveChildren } from '../../api/use-live.ts';
import { type TraceNode, treeOf } from './trace-tree.ts';

/** The tree of a run, with the traces of the child flow runs that were opened. */
export function useTrace(run: FlowRun, openRuns: readonly string[]): { readonly answer: UseQueryResult<Trace>; readonly tree: TraceNode } {
  const answer = useQuery(flowRuns.trace(run.id));
  const combine = useCallback(
    (results: readonly UseQueryResult<Trace>[]) =>
      new Map(results.flatMap(({ data }, index) => (data ? [[openRuns[index] as string, data] as const] : []))),
    [openRuns],
  );
  useLiveChildren(run.id, openRuns.length > 0 && run.end_time === null);
  const others = useQueries({ queries: openRuns.map((id) => flowRuns.trace(id)), combine });
  const own = answer.data;
  const tree = useMemo(() => treeOf(run, new Map(own ? [...others, [run.id, own]] : others)), [run, own, others]);
  return { answer, tree };
}
