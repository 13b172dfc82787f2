import type { StateCreate } from '../model/state.ts';
import type { StateType } from '../model/state-type.ts';

const HOW: { readonly [type in StateType]?: string } = { COMPLETED: 'completed', FAILED: 'failed', CANCELLED: 'was cancelled', CRASHED: 'crashed' };

/**
 * The end of what still stands open in a flow run that has ended: a task run, or a subflow in its process. It crashed with the
 * run's process; after any other end nobody is left who would run it.
 */
export function endInside(ended: { readonly type: StateType }, around: 'flow run' | 'parent'): StateCreate {
  const how = HOW[ended.type];
  return ended.type === 'CRASHED'
    ? { type: 'CRASHED', message: `Its ${around} ${how}.` }
    : { type: 'CANCELLED', message: `Its ${around} ${how} before it had ended.` };
}
