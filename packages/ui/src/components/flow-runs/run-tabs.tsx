import type { FlowRun } from '../../api/flow-runs.ts';
import { useAddress, useChangeAddress } from '../../lib/address.ts';
import { RunArtifacts } from '../artifacts/run-artifacts.tsx';
import { JsonCard } from '../base/json-card.tsx';
import { Tabs } from '../base/tabs.tsx';
import { RunLogs } from '../logs/run-logs.tsx';
import { TaskRunTable } from '../task-runs/task-run-table.tsx';
import { TraceView } from '../trace/trace-view.tsx';
import { ChildTable } from './child-table.tsx';
import { RunResult } from './run-result.tsx';
import { type RunSearch, type RunTab, runSearch } from './run-search.ts';
import { StateHistory } from './state-history.tsx';

/** The parts of a run's page; which one is seen stands in the address. */
export function RunTabs({ run }: { readonly run: FlowRun }) {
  const { tab = 'trace' } = useAddress(runSearch);
  const change = useChangeAddress<RunSearch>();
  const { id, parameters } = run;
  return (
    <Tabs
      value={tab}
      onChange={(value) => change({ tab: value as RunTab })}
      tabs={[
        { value: 'trace', label: 'Trace', content: <TraceView run={run} /> },
        { value: 'logs', label: 'Logs', content: <RunLogs run={run} /> },
        { value: 'tasks', label: 'Task runs', content: <TaskRunTable run={run} /> },
        { value: 'parameters', label: 'Parameters', content: <JsonCard title="Parameters" value={parameters} file={`parameters-${id}.json`} /> },
        { value: 'result', label: 'Result', content: <RunResult run={run} /> },
        { value: 'artifacts', label: 'Artifacts', content: <RunArtifacts id={id} /> },
        { value: 'states', label: 'States', content: <StateHistory id={id} /> },
        { value: 'children', label: 'Children', content: <ChildTable id={id} /> },
      ]}
    />
  );
}
