import { type Instant, type Micros, toInstant, toMicros } from '../lib/time.ts';
import type { OrchestrationResult, State } from '../model/state.ts';
import type { StateType } from '../model/state-type.ts';
import type { Effect } from './effect.ts';
import type { From, Policy, Transition } from './rule.ts';
import type { RunRecord } from './run-record.ts';
import { applyTransforms } from './transforms.ts';
import type { NewState, StateChange, Verdict } from './verdict.ts';

/** What came of a proposal. `written` is null when the run keeps its state; `trail` names the rules that had a say. */
export interface Decision<Run> {
  readonly status: OrchestrationResult['status'];
  readonly written: State | null;
  readonly run: Run;
  readonly reason: string | null;
  readonly delay: Micros;
  readonly effects: readonly Effect[];
  readonly trail: readonly string[];
}

interface Proposal<Run, Facts> {
  readonly run: Run;
  readonly proposed: State;
  readonly facts: Facts;
  readonly now: Micros;
}

const matches = (rule: { from: readonly From[]; to: readonly StateType[] }, current: State | null, proposed: State) =>
  rule.from.includes(current?.type ?? 'NONE') && rule.to.includes(proposed.type);

function changed(state: State, change: StateChange | undefined): State {
  return change ? { ...state, ...change, state_details: { ...state.state_details, ...change.state_details } } : state;
}

/**
 * A rule's own state takes the id and time of the one it stands in for, and nothing else of it but the transition's id: a client
 * that lost the answer proposes FAILED again, and must meet its AwaitingRetry, not use it up.
 */
function replaced(proposed: State, state: NewState): State {
  const name = state.name ?? state.type.charAt(0) + state.type.slice(1).toLowerCase();
  const { transition_id } = proposed.state_details;
  const state_details = transition_id ? { transition_id } : {};
  const blank = { id: proposed.id, type: state.type, name, timestamp: proposed.timestamp, message: null, data: null, state_details };
  return changed(blank, state);
}

interface Asked<Run> {
  readonly run: Run;
  readonly proposed: State;
  readonly verdict: Exclude<Verdict<Run>, { kind: 'amend' }>;
  readonly trail: readonly string[];
}

/** Asks the gates in order until one ends it. */
function askGates<Run extends RunRecord, Facts>(policy: Policy<Run, Facts>, { run, proposed, facts, now }: Proposal<Run, Facts>): Asked<Run> {
  const trail: string[] = [];
  let asked = { run, proposed };
  for (const gate of policy.gates) {
    if (!matches(gate, run.state, asked.proposed)) continue;
    const verdict = gate.decide({ ...asked, current: run.state, facts, now });
    if (verdict.kind === 'proceed') continue;
    trail.push(`${gate.name}: ${verdict.kind}`);
    if (verdict.kind !== 'amend') return { ...asked, verdict, trail };
    asked = { run: { ...asked.run, ...verdict.run }, proposed: changed(asked.proposed, verdict.state) };
  }
  return { ...asked, verdict: { kind: 'proceed' }, trail };
}

/** A state's time is later than that of the state before it, by a microsecond if need be. */
function uniqueTime(current: State | null, proposed: State): Instant {
  const taken = current ? toMicros(current.timestamp) : 0;
  return toMicros(proposed.timestamp) > taken ? proposed.timestamp : toInstant(taken + 1);
}

/**
 * Decides on a proposed state: gates in order, then the global transforms on the state that will really be written, then what
 * follows from it. Pure; on WAIT, ABORT and a REJECT without a state the run's record is returned as it came.
 */
export function evaluate<Run extends RunRecord, Facts>(policy: Policy<Run, Facts>, proposal: Proposal<Run, Facts>): Decision<Run> {
  const { facts, now } = proposal;
  const { run, proposed, verdict, trail } = askGates(policy, proposal);
  const unchanged = { written: null, run: proposal.run, effects: [], trail };
  if (verdict.kind === 'abort') return { ...unchanged, status: 'ABORT', reason: verdict.reason, delay: 0 };
  if (verdict.kind === 'wait') return { ...unchanged, status: 'WAIT', reason: verdict.reason, delay: verdict.delay };
  if (verdict.kind === 'reject' && !verdict.state) return { ...unchanged, status: 'REJECT', reason: verdict.reason, delay: 0 };

  const rejected = verdict.kind === 'reject' ? verdict : null;
  const chosen = rejected?.state ? replaced(proposed, rejected.state) : proposed;
  const current = run.state;
  const written = changed({ ...chosen, timestamp: uniqueTime(current, chosen) }, { state_details: policy.identify(run) });
  const transition: Transition<Run, Facts> = { run: { ...run, ...rejected?.run }, current, proposed: written, facts, now };

  const effects: Effect[] = [];
  let record = applyTransforms(transition);
  for (const consequence of policy.consequences) {
    if (!matches(consequence, current, written)) continue;
    const follows = consequence.follow({ ...transition, run: record });
    record = { ...record, ...follows.run };
    effects.push(...(follows.effects ?? []));
  }
  return {
    status: rejected ? 'REJECT' : 'ACCEPT',
    written,
    run: record,
    reason: rejected?.reason ?? null,
    delay: 0,
    effects,
    trail,
  };
}
