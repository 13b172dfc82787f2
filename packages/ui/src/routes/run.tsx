import { useQuery } from '@tanstack/react-query';
import { type FlowRun, flowRuns } from '../api/flow-runs.ts';
import { useLiveRun } from '../api/use-live.ts';
import { Answer } from '../components/base/answer.tsx';
import { RunActs } from '../components/flow-runs/run-acts.tsx';
import { RunHead } from '../components/flow-runs/run-head.tsx';
import { RunInput } from '../components/flow-runs/run-input.tsx';
import { runSearch } from '../components/flow-runs/run-search.ts';
import { RunTabs } from '../components/flow-runs/run-tabs.tsx';
import { waitsForInput } from '../components/flow-runs/waits-for-input.ts';
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
          <Asked run={run} />
          <RunTabs run={run} key={run.id} />
        </>
      )}
    </Answer>
  );
}

/** What it asks, once for each time that it pauses. */
function Asked({ run }: { readonly run: FlowRun }) {
  const keys = waitsForInput(run);
  return keys && <RunInput run={run} keys={keys} key={run.state?.id} />;
}
