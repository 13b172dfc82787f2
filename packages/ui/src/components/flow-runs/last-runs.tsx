import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { FlowRun } from '../../api/flow-runs.ts';
import { Card } from '../base/card.tsx';
import { RunTable } from './run-table.tsx';
import type { RunsSearch } from './runs-search.ts';

interface LastRunsProps {
  /** Whose runs they are: `Runs of the flow`. */
  readonly label: string;
  readonly runs: readonly FlowRun[];
  /** The filter that finds all of them. */
  readonly search: RunsSearch;
  readonly empty: ReactNode;
}

/** The last runs of a flow or a deployment, on its page. */
export function LastRuns({ label, runs, search, empty }: LastRunsProps) {
  return (
    <Card
      flush
      title="Last runs"
      actions={
        <Link to="/runs" search={search as never}>
          All of its runs
        </Link>
      }
    >
      <RunTable label={label} runs={runs} empty={empty} />
    </Card>
  );
}
