import { isFinal } from '@sluice/core/model/state-type';
import type { ReactNode } from 'react';
import type { FlowRun } from '../../api/flow-runs.ts';
import { lookOf, wordOf } from '../../lib/states.ts';
import { PageHead } from '../base/page-head.tsx';
import { StateBadge } from '../base/state-badge.tsx';
import { Lasting } from '../base/when.tsx';
import { RunFacts } from './run-facts.tsx';
import { useTabIcon } from './tab-icon.ts';
import { WaitLine } from './wait-line.tsx';

/** The head of a run's page: how it stands, what it belongs to, and why it waits. */
export function RunHead({ run, actions }: { readonly run: FlowRun; readonly actions?: ReactNode }) {
  useTabIcon(lookOf(run).tone);
  return (
    <>
      <PageHead
        title={run.name}
        tab={`${wordOf(run)}: ${run.name}`}
        within={{ to: '/runs', title: 'Runs' }}
        actions={actions}
        about={
          <>
            <StateBadge run={run} />
            <Lasting from={run.start_time} to={isFinal(run.state_type) ? run.end_time : null} />
            <RunFacts run={run} />
          </>
        }
      />
      <WaitLine run={run} />
    </>
  );
}
