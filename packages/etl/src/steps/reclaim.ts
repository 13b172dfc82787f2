import { isRunning } from '@sluice/home/processes';
import { expectSettings, isFlowRunOpen, type RunContext } from '@sluice/sdk';
import type { LoadNote } from '../home.ts';
import { sweepLeftovers } from '../stage/sweep-leftovers.ts';
import { destinationOf } from './destination-of.ts';

export interface Reclaimed {
  readonly removed: number;
  readonly bytes: number;
}

/** First clean-up: removes what loads that are over have left on this machine's disk, and commits that were killed. */
export async function reclaim({ warehouse }: { readonly warehouse?: string | undefined }, context: RunContext): Promise<Reclaimed> {
  const { home } = expectSettings();
  const swept = await sweepLeftovers({ home, isLoadOver, context });
  const removed = [...swept, ...(await destinationOf(home, warehouse).tidy(context))];
  return { removed: removed.length, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** One that was being cancelled when its process was killed writes nothing more, and is not done again. */
const isLoadOver = async ({ flow_run_id, pid }: LoadNote) => !(await isFlowRunOpen(flow_run_id, { cancelling: isRunning(pid) }));

/**
 * Removes what killed processes have left on this machine of loads that are over. The first clean-up runs on one machine; each other one
 * does it for itself, with its next table.
 */
export const reclaimHere = async (context: RunContext): Promise<void> => {
  const isLeft = async (load: LoadNote) => !isRunning(load.pid) && (await isLoadOver(load));
  await sweepLeftovers({ home: expectSettings().home, isLoadOver: isLeft, context });
};
