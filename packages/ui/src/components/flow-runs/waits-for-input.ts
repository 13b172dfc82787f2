import type { FlowRun } from '../../api/flow-runs.ts';

/** Under which keys a run has written what it asks. */
export interface InputKeys {
  readonly schema: string;
  readonly description: string | undefined;
}

/** Of a paused run that waits for an answer; undefined for one that only has to be resumed. */
export function waitsForInput({ state }: Pick<FlowRun, 'state'>): InputKeys | undefined {
  const keys = state?.type === 'PAUSED' ? state.state_details.run_input_keyset : undefined;
  return keys?.['schema'] ? { schema: keys['schema'], description: keys['description'] } : undefined;
}
