import { isFinal } from '@sluice/core/model/state-type';
import { Network, X } from 'lucide-react';
import type { FlowRun } from '../../api/flow-runs.ts';
import { useLiveChildren } from '../../api/use-live.ts';
import { useAddress, useChangeAddress } from '../../lib/address.ts';
import { Button } from '../base/button.tsx';
import { Empty } from '../base/notice.tsx';
import { type RunSearch, runSearch } from '../flow-runs/run-search.ts';
import { LogView } from './log-view.tsx';

/** Of one run all lines are counted, whatever their time. */
const EVER = '2000-01-01T00:00:00Z';

/** What a run has said, and those that it started. */
export function RunLogs({ run }: { readonly run: FlowRun }) {
  const address = useAddress(runSearch);
  const change = useChangeAddress<RunSearch>();
  const { task, children = false } = address;
  useLiveChildren(run.id, children && !isFinal(run.state_type));
  return (
    <LogView
      of={{ runs: [run.id], task, descendants: children }}
      address={address}
      onAddress={change}
      file={run.name}
      since={EVER}
      sources={children ? 'runs' : 'tasks'}
      choices={
        task ? (
          <Button icon={X} onClick={() => change({ task: undefined })}>
            Of one task run
          </Button>
        ) : (
          <Button
            icon={Network}
            kind={children ? 'primary' : 'plain'}
            aria-pressed={children}
            onClick={() => change({ children: children ? undefined : true, line: undefined })}
          >
            With child runs
          </Button>
        )
      }
      empty={<Empty title="It has said nothing yet">Lines of its logger, of its tasks and of console.log appear here as they are written.</Empty>}
    />
  );
}
