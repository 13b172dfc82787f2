import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback, useRef, useState } from 'react';
import { flowRuns } from '../../api/flow-runs.ts';
import type { Log } from '../../api/logs.ts';
import { taskRuns } from '../../api/task-runs.ts';

const MOST = 200;

/** Names by ids that are asked for while rows are drawn; those that are not known yet are asked for together. */
function useIds() {
  const wanted = useRef(new Set<string>());
  const [ids, setIds] = useState<readonly string[]>([]);
  const want = useCallback((id: string) => {
    if (wanted.current.has(id)) return;
    wanted.current.add(id);
    // After the rows of this moment are drawn.
    setTimeout(() => setIds((before) => (before.length === wanted.current.size ? before : [...wanted.current].sort().slice(-MOST))));
  }, []);
  return { ids, want };
}

/** The run that wrote a line, with its page. */
export function useRunSource(): (line: Log) => React.ReactNode {
  const { ids, want } = useIds();
  const { data } = useQuery({
    ...flowRuns.list({ flow_runs: { id: { any_: [...ids] } }, limit: MOST }),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
  return ({ flow_run_id: id }) => {
    if (!id) return '–';
    want(id);
    return (
      <Link to="/runs/$id" params={{ id }} search={{ tab: 'logs' } as never}>
        {data?.find((run) => run.id === id)?.name ?? '…'}
      </Link>
    );
  };
}

/** The task run that wrote a line; nothing for one of the flow itself. */
export function useTaskSource(): (line: Log) => React.ReactNode {
  const { ids, want } = useIds();
  const { data } = useQuery({
    ...taskRuns.list({ task_runs: { id: { any_: [...ids] } }, limit: MOST }),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
  return ({ task_run_id: id }) => {
    if (!id) return '';
    want(id);
    return data?.find((task) => task.id === id)?.name ?? '…';
  };
}
