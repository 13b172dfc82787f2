import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';

const MOST = 200;

/**
 * The newest runs, by what `keyOf` says of each, all by one question. What has not run among them is not there: its row asks for
 * itself.
 */
export function useRecentRuns(keyOf: (run: FlowRun) => string | null): ReadonlyMap<string | null, readonly FlowRun[]> | undefined {
  const { data } = useQuery(flowRuns.list({ limit: MOST }));
  return useMemo(() => data && Map.groupBy(data, keyOf), [data, keyOf]);
}
