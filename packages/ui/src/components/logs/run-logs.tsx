import type { FlowRun } from '../../api/flow-runs.ts';
import { useAddress, useChangeAddress } from '../../app/address.ts';
import { type RunSearch, runSearch } from '../../routes/run-search.ts';
import { Empty } from '../base/notice.tsx';
import { LogView } from './log-view.tsx';

/** What a run has said. */
export function RunLogs({ run: { id, name } }: { readonly run: Pick<FlowRun, 'id' | 'name'> }) {
  const address = useAddress(runSearch);
  const change = useChangeAddress<RunSearch>();
  return (
    <LogView
      of={{ runs: [id], task: address.task }}
      address={address}
      onAddress={change}
      file={name}
      empty={<Empty title="It has said nothing yet">Lines of its logger, of its tasks and of console.log appear here as they are written.</Empty>}
    />
  );
}
