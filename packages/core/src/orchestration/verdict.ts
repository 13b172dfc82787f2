import type { Micros } from '../lib/time.ts';
import type { State } from '../model/state.ts';

/** Changes to the proposed state; details are merged into those proposed. */
export type StateChange = Partial<Pick<State, 'name' | 'message' | 'data' | 'state_details'>>;

/** A state that a rule makes in place of the proposed one. */
export type NewState = Pick<State, 'type'> & StateChange;

/**
 * What a gate says about a transition.
 * proceed  the next gate is asked
 * amend    changes the proposed state or the run's record; the next gate is asked
 * reject   another state is written instead, or none, and the run keeps its state
 * wait     nothing is written; propose the same state again after the delay
 * abort    nothing is written; stop
 */
export type Verdict<Run> =
  | { readonly kind: 'proceed' }
  | { readonly kind: 'amend'; readonly state?: StateChange; readonly run?: Partial<Run> }
  | { readonly kind: 'reject'; readonly state: NewState | null; readonly reason: string; readonly run?: Partial<Run> }
  | { readonly kind: 'wait'; readonly delay: Micros; readonly reason: string }
  | { readonly kind: 'abort'; readonly reason: string };

export const proceed = { kind: 'proceed' } as const;

export const amend = <Run>(change: { state?: StateChange; run?: Partial<Run> }): Verdict<Run> => ({ kind: 'amend', ...change });

export const reject = <Run>(reason: string, state: NewState | null = null, run?: Partial<Run>): Verdict<Run> => ({
  kind: 'reject',
  state,
  reason,
  ...(run && { run }),
});

export const wait = (delay: Micros, reason: string): Verdict<never> => ({ kind: 'wait', delay, reason });

export const abort = (reason: string): Verdict<never> => ({ kind: 'abort', reason });
