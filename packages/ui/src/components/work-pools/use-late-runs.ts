import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { flowRuns } from '../../api/flow-runs.ts';

/** Late runs of a pool by the name of their queue, as far as a page of them reaches. */
export function useLateRuns(pool: string): ReadonlyMap<string | null, number> {
  const { data } = useQuery(
    flowRuns.list({ work_pools: { name: { any_: [pool] } }, flow_runs: { state: { type: { any_: ['SCHEDULED'] }, name: { any_: ['Late'] } } } }),
  );
  return useMemo(() => {
    const byQueue = Map.groupBy(data ?? [], ({ work_queue_name }) => work_queue_name);
    return new Map([...byQueue].map(([queue, runs]) => [queue, runs.length]));
  }, [data]);
}
