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

/**
 * What a rule needs besides the run, its lease and who proposes. It is read only for changes into states whose rules need it: facts
 * of the same name, or what an effect works on.
 */
export type FlowRunNeed =
  | 'slots'
  | 'max_claims'
  /** The limit of the deployment, when the run's slot of it has ended before the run. */
  | 'lost_slot'
  /** The task run that stands for the run in its parent. */
  | 'parent_task'
  /** Task runs and subflows that have not ended. */
  | 'inside'
  /** What is thrown away when the run is restarted from one of its tasks. */
  | 'thrown_away';
export type TaskRunNeed =
  | 'slots'
  /** What has been computed under the key of the proposed state. */
  | 'cached';
type Need = FlowRunNeed | TaskRunNeed;

/** One decision, asked of every transition from one of `from` to one of `to`, in its place in the policy. */
export interface Gate<Run, Facts> {
  readonly name: string;
  readonly from: readonly From[];
  readonly to: readonly StateType[];
  readonly needs?: readonly Need[];
  readonly decide: (transition: Transition<Run, Facts>) => Verdict<Run>;
}

/** What else happens when a state is written. Asked about the state that is really written, so it can only say what follows. */
export interface Consequence<Run, Facts> {
  readonly name: string;
  readonly from: readonly From[];
  readonly to: readonly StateType[];
  readonly needs?: readonly Need[];
  readonly follow: (transition: Transition<Run, Facts>) => { readonly effects?: readonly Effect[]; readonly run?: Partial<Run> };
}

/** The rules of one kind of run, in the order they are asked. */
export interface Policy<Run, Facts> {
  /** Which run a state belongs to, as its details tell it. */
  readonly identify: (run: Run) => StateDetails;
  readonly gates: readonly Gate<Run, Facts>[];
  readonly consequences: readonly Consequence<Run, Facts>[];
}

/** A rule sees the facts that it needs, and those that are always there. */
type Seen<Facts, All extends Need, N extends All> = Omit<Facts, Exclude<All, N>>;

/** A gate whose `from` leaves NONE out sees a `current` that is never null. */
const gateMaker =
  <Run, Facts, All extends Need = never>() =>
  <const F extends From, const N extends All = never>(gate: {
    name: string;
    from: readonly F[];
    to: readonly StateType[];
    needs?: readonly N[];
    decide: (transition: Transition<Run, Seen<Facts, All, N>, F>) => Verdict<Run>;
  }) =>
    gate as unknown as Gate<Run, Facts>;

export const defineGate = gateMaker<RunRecord, LeaseFacts>();
export const defineFlowRunGate = gateMaker<FlowRunRecord, FlowRunFacts, FlowRunNeed>();
export const defineTaskRunGate = gateMaker<TaskRunRecord, TaskRunFacts, TaskRunNeed>();

const consequenceMaker =
  <Run, Facts, All extends Need>() =>
  <const N extends All = never>(consequence: {
    name: string;
    from: readonly From[];
    to: readonly StateType[];
    needs?: readonly N[];
    follow: (transition: Transition<Run, Seen<Facts, All, N>>) => ReturnType<Consequence<Run, Facts>['follow']>;
  }) =>
    consequence as unknown as Consequence<Run, Facts>;

export const defineFlowRunConsequence = consequenceMaker<FlowRunRecord, FlowRunFacts, FlowRunNeed>();
export const defineTaskRunConsequence = consequenceMaker<TaskRunRecord, TaskRunFacts, TaskRunNeed>();
