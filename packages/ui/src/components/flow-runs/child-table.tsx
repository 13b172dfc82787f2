import { type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import { count } from '../../lib/format.ts';
import { STATE_GROUP_NAMES, STATE_GROUPS, type StateGroup } from '../../lib/states.ts';
import { Answer } from '../base/answer.tsx';
import { Button } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { Empty } from '../base/notice.tsx';
import { Segments } from '../base/segments.tsx';
import styles from './child-table.module.css';
import { RunTable } from './run-table.tsx';

const PAGE = 200;

const joined = (parts: readonly UseQueryResult<FlowRun[]>[]) => ({ first: parts[0], runs: parts.flatMap(({ data }) => data ?? []) });

/** The flow runs that a run has started, with counts by state. */
export function ChildTable({ id }: { readonly id: string }) {
  const [group, setGroup] = useState<StateGroup | 'all'>('all');
  const [pages, setPages] = useState(1);
  function choose(value: string): void {
    setGroup(value as StateGroup | 'all');
    setPages(1);
  }
  const ofParent = { parent_flow_run_id: { any_: [id] } };
  const summary = useQuery(flowRuns.summary({ flow_runs: ofParent })).data;
  const state = group === 'all' ? {} : { state: { type: { any_: [...STATE_GROUPS[group].types] } } };
  const { first, runs } = useQueries({
    queries: Array.from({ length: pages }, (_, index) => flowRuns.list({ flow_runs: { ...ofParent, ...state }, limit: PAGE, offset: index * PAGE })),
    combine: joined,
  });
  const countOf = (some: readonly string[]) =>
    summary?.filter((each) => some.includes(each.state_type)).reduce((sum, each) => sum + each.count, 0) ?? 0;
  const all = summary?.reduce((sum, each) => sum + each.count, 0) ?? 0;
  return (
    <Card
      flush
      title={
        <Segments
          label="State"
          value={group}
          choices={{
            all: `All ${count(all)}`,
            ...Object.fromEntries(STATE_GROUP_NAMES.map((each) => [each, `${STATE_GROUPS[each].label} ${count(countOf(STATE_GROUPS[each].types))}`])),
          }}
          onChange={choose}
        />
      }
    >
      {first && (
        <Answer of={first} height={300}>
          {() => (
            <RunTable
              label="Child runs"
              runs={runs}
              empty={<Empty title={all === 0 ? 'It has started no flow run' : 'No child run is in such a state'} />}
            />
          )}
        </Answer>
      )}
      {runs.length === pages * PAGE && (
        <Button className={styles['more']} onClick={() => setPages(pages + 1)}>
          Show {PAGE} more
        </Button>
      )}
    </Card>
  );
}
