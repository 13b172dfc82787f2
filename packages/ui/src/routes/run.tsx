import { useQuery } from '@tanstack/react-query';
import { flowRuns } from '../api/flow-runs.ts';
import { useLiveRun } from '../api/use-live.ts';
import { Answer } from '../components/base/answer.tsx';
import { RunActs } from '../components/flow-runs/run-acts.tsx';
import { RunHead } from '../components/flow-runs/run-head.tsx';
import { runSearch } from '../components/flow-runs/run-search.ts';
import { RunTabs } from '../components/flow-runs/run-tabs.tsx';
import { SearchFaults } from '../components/search-faults.tsx';
import { useAddress, usePart } from '../lib/address.ts';

/** One run: how it stands, what it did and what it said. */
export function Run() {
  const id = usePart();
  const { faults } = useAddress(runSearch);
  useLiveRun(id);
  const run = useQuery(flowRuns.one(id));
  return (
    <Answer of={run} height={110}>
      {(run) => (
        <>
          <RunHead run={run} actions={<RunActs run={run} />} />
          <SearchFaults faults={faults} />
          <RunTabs run={run} key={run.id} />
        </>
      )}
    </Answer>
  );
}
