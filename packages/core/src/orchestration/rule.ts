import type { Micros } from '../lib/time.ts';
import type { State, StateDetails } from '../model/state.ts';
import { STATE_TYPES, type StateType } from '../model/state-type.ts';
import type { Effect } from './effect.ts';
import type { FlowRunFacts, FlowRunRecord, LeaseFacts, RunRecord, TaskRunFacts, TaskRunRecord } from './run-record.ts';
import type { Verdict } from './verdict.ts';

/** Where a transition starts: NONE is a run that has no state yet. */
export type From = StateType | 'NONE';

export const ANY_STATE = STATE_TYPES;
export const ANYWHERE: readonly From[] = [...STATE_TYPES, 'NONE'];
export const except = (...types: StateType[]): StateType[] => STATE_TYPES.filter((type) => !types.includes(type));

/** All that a rule may look at. There is nothing else: no clock, no database, no randomness. */
export interface Transition<Run, Facts, F extends From = From> {
  readonly run: Run;
  readonly current: 'NONE' extends F ? State | null : State;
  readonly proposed: State;
  readonly facts: Facts;
  readonly now: Micros;
}

/** One decision, asked of every transition from one of `from` to one of `to`, in its place in the policy. */
export interface Gate<Run, Facts> {
  readonly name: string;
  readonly from: readonly From[];
  readonly to: readonly StateType[];
  readonly decide: (transition: Transition<Run, Facts>) => Verdict<Run>;
}

/** What else happens when a state is written. Asked about the state that is really written, so it can only say what follows. */
export interface Consequence<Run, Facts> {
  readonly name: string;
  readonly from: readonly From[];
  readonly to: readonly StateType[];
  readonly follow: (transition: Transition<Run, Facts>) => { readonly effects?: readonly Effect[]; readonly run?: Partial<Run> };
}

/** The rules of one kind of run, in the order they are asked. */
export interface Policy<Run, Facts> {
  /** Which run a state belongs to, as its details tell it. */
  readonly identify: (run: Run) => StateDetails;
  readonly gates: readonly Gate<Run, Facts>[];
  readonly consequences: readonly Consequence<Run, Facts>[];
}

/** A gate whose `from` leaves NONE out sees a `current` that is never null. */
const gateMaker =
  <Run, Facts>() =>
  <const F extends From>(gate: {
    name: string;
    from: readonly F[];
    to: readonly StateType[];
    decide: (transition: Transition<Run, Facts, F>) => Verdict<Run>;
  }) =>
    gate as unknown as Gate<Run, Facts>;

export const defineGate = gateMaker<RunRecord, LeaseFacts>();
export const defineFlowRunGate = gateMaker<FlowRunRecord, FlowRunFacts>();
export const defineTaskRunGate = gateMaker<TaskRunRecord, TaskRunFacts>();
