import type { FlowRun } from '@sluice/core/model/flow-run';
import { tell } from '../render/message.ts';
import { exitOf } from '../watch/exit-of.ts';

/** Ends this process as the flow run has ended that was run in it. What the flow has left open keeps it no longer. */
export function endAs({ name, state, state_type }: FlowRun): never {
  tell(`Flow run '${name}' is ${state?.name}${state?.message ? `: ${state.message}` : ''}`);
  return process.exit(exitOf(state_type));
}
