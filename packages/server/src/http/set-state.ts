import { SECOND } from '@sluice/core/lib/time';
import type { OrchestrationResult, StateCreate, StateDetails } from '@sluice/core/model/state';
import type { Sql } from '../db/database.ts';
import type { Change, Outcome } from '../orchestrate/change.ts';
import { readNames } from '../store/wait-facts.ts';
import { type Deps, Reply } from './handlers.ts';

/** A state tells all details that there are, as it does where it is read. */
const NO_DETAILS: StateDetails = {
  flow_run_id: null,
  task_run_id: null,
  child_flow_run_id: null,
  scheduled_time: null,
  cache_key: null,
  cache_expiration: null,
  deferred: false,
  untrackable_result: false,
  pause_timeout: null,
  pause_reschedule: false,
  pause_key: null,
  run_input_keyset: null,
  refresh_cache: null,
  retriable: null,
  transition_id: null,
  task_parameters_id: null,
  traceparent: null,
  deployment_concurrency_lease_id: null,
};

/** What came of a proposed state, on the wire. WAIT gives whole seconds, rounded up: never early. */
export function orchestrationResult({ status, state, reason, delay }: Outcome): OrchestrationResult {
  const type = `${status.toLowerCase()}_details` as OrchestrationResult['details']['type'];
  const details: OrchestrationResult['details'] =
    status === 'ACCEPT' ? { type } : status === 'WAIT' ? { type, delay_seconds: Math.ceil(delay / SECOND), reason } : { type, reason };
  return { status, state: state && { ...state, state_details: { ...NO_DETAILS, ...state.state_details } }, details };
}

/** The answer to a proposed state: 201 when a state was written now. */
export const orchestrationReply = (outcome: Outcome, extra: object = {}): Reply =>
  new Reply(JSON.stringify({ ...extra, ...orchestrationResult(outcome) }), outcome.written ? 201 : 200);

interface Decided {
  readonly change: Change;
  readonly outcome: Outcome;
}

function isRefused({ change: { proposed }, outcome: { written, status, reason, state } }: Decided): boolean {
  return !written && reason !== null && (status === 'ABORT' || (status === 'REJECT' && state?.type !== proposed.type));
}

/** A refusal names the run, and from where to where it was to go. Told twice that it has made a transition, a client is not refused. */
export async function named(sql: Sql, decided: readonly Decided[]): Promise<Outcome[]> {
  const refused = decided.filter(isRefused).map(({ outcome: { id } }) => id);
  const names = refused.length > 0 ? await readNames(sql, refused) : new Map<string, string>();
  return decided.map(({ change: { kind, proposed, create }, outcome }) => {
    const { id, reason, state } = outcome;
    if (!refused.includes(id)) return outcome;
    const what = kind === 'flow_run' ? 'flow run' : 'task run';
    const name = names.get(id) ?? create?.name ?? id;
    return { ...outcome, reason: `${reason} (${what} '${name}', from ${state?.type ?? 'no state'} to ${proposed.type})` };
  });
}

/** Proposes a state, and answers what came of it. */
export async function submit(
  { door, database: { sql } }: Pick<Deps, 'door' | 'database'>,
  change: Change,
  extra: (outcome: Outcome) => object = () => ({}),
): Promise<Reply> {
  const outcome = await door.submit(change);
  const [told = outcome] = await named(sql, [{ change, outcome }]);
  return orchestrationReply(told, extra(outcome));
}

/** The state of a create that gives none: Prefect's default. */
export const PENDING: StateCreate = { type: 'PENDING' };
