import { useQuery } from '@tanstack/react-query';
import { flowRuns } from '../api/flow-runs.ts';
import { useLiveRun } from '../api/use-live.ts';
import { usePart } from '../app/address.ts';
import { Answer } from '../components/base/answer.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { StateBadge } from '../components/base/state-badge.tsx';

/** One run: how it stands, what it did and what it said. */
export function Run() {
  const id = usePart();
  useLiveRun(id);
  const run = useQuery(flowRuns.one(id));
  return (
    <Answer of={run} height={80}>
      {(run) => <PageHead title={run.name} within={{ to: '/runs', title: 'Runs' }} about={<StateBadge run={run} />} />}
    </Answer>
  );
}
