import { isRunning } from '@sluice/home/processes';
import { expectSettings, isFlowRunOpen, type RunContext } from '@sluice/sdk';
import { sweepLeftovers } from '../stage/sweep-leftovers.ts';
import { destinationOf } from './destination-of.ts';

export interface Reclaimed {
  readonly removed: number;
  readonly bytes: number;
}

/** First clean-up: removes what loads that are over have left on this machine's disk, and commits that were killed. */
export async function reclaim({ warehouse }: { readonly warehouse?: string | undefined }, context: RunContext): Promise<Reclaimed> {
  const { home } = expectSettings();
  const swept = await sweepLeftovers({
    home,
    // One that was being cancelled when its process was killed writes nothing more, and is not done again.
    isLoadOver: async ({ flow_run_id, pid }) => !(await isFlowRunOpen(flow_run_id, { cancelling: isRunning(pid) })),
    context,
  });
  const removed = [...swept, ...(await destinationOf(home, warehouse).tidy(context))];
  return { removed: removed.length, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0) };
}
