import { SECOND } from '@sluice/core/lib/time';
import type { OrchestrationResult, StateCreate } from '@sluice/core/model/state';
import type { Sql } from '../db/database.ts';
import type { Change, Outcome } from '../orchestrate/change.ts';
import { readNames } from '../store/wait-facts.ts';
import { type Deps, Reply } from './handlers.ts';

/** The wire's answer to a proposed state: 201 when a state was written now. WAIT tells whole seconds, rounded up: never early. */
export function orchestrationReply({ status, state, reason, delay, written }: Outcome, extra: object = {}): Reply {
  const type = `${status.toLowerCase()}_details` as OrchestrationResult['details']['type'];
  const details: OrchestrationResult['details'] =
    status === 'ACCEPT' ? { type } : status === 'WAIT' ? { type, delay_seconds: Math.ceil(delay / SECOND), reason } : { type, reason };
  return new Reply(JSON.stringify({ ...extra, status, state, details }), written ? 201 : 200);
}

/** A refusal names the run, and from where to where it was to go. Told twice that it has made a transition, a client is not refused. */
async function named(sql: Sql, { kind, proposed, create }: Change, outcome: Outcome): Promise<Outcome> {
  const { written, status, reason, state } = outcome;
  const isRefused = !written && (status === 'ABORT' || (status === 'REJECT' && state?.type !== proposed.type));
  if (!isRefused || reason === null) return outcome;
  const name = (await readNames(sql, [outcome.id])).get(outcome.id) ?? create?.name ?? outcome.id;
  const what = kind === 'flow_run' ? 'flow run' : 'task run';
  return { ...outcome, reason: `${reason} (${what} '${name}', from ${state?.type ?? 'no state'} to ${proposed.type})` };
}

/** Proposes a state, and answers what came of it. */
export async function submit(
  { door, database: { sql } }: Pick<Deps, 'door' | 'database'>,
  change: Change,
  extra: (outcome: Outcome) => object = () => ({}),
): Promise<Reply> {
  const outcome = await door.submit(change);
  return orchestrationReply(await named(sql, change, outcome), extra(outcome));
}

/** What stands for a state that a create leaves out: Prefect's default. */
export const PENDING: StateCreate = { type: 'PENDING' };
