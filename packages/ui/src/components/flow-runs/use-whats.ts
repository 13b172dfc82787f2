import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { flowRuns } from '../../api/flow-runs.ts';
import { whatOf } from './what-of.ts';

const MOST = 200;
/** What a run is of does not change. */
const NEVER = { topics: [] };

/** What runs are of, such as the table that each loads, by their ids. */
export function useWhats(ids: readonly (string | null)[]): ReadonlyMap<string, string> {
  const any = useMemo(() => [...new Set(ids.filter((id) => id !== null))].sort().slice(0, MOST), [ids]);
  const question = flowRuns.list({ flow_runs: { id: { any_: any } }, limit: MOST });
  const { data } = useQuery({ ...question, meta: NEVER, enabled: any.length > 0, placeholderData: keepPreviousData });
  return useMemo(() => new Map(data?.map((run) => [run.id, whatOf(run)])), [data]);
}
