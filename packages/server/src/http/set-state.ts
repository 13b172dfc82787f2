import { SECOND } from '@sluice/core/lib/time';
import type { OrchestrationResult, StateCreate } from '@sluice/core/model/state';
import type { Outcome } from '../orchestrate/change.ts';
import { Reply } from './parts.ts';

/** The wire's answer to a proposed state: 201 when a state was written now. WAIT tells whole seconds, rounded up: never early. */
export function orchestrationReply({ status, state, reason, delay, written }: Outcome, extra: object = {}): Reply {
  const type = `${status.toLowerCase()}_details` as OrchestrationResult['details']['type'];
  const details: OrchestrationResult['details'] =
    status === 'ACCEPT' ? { type } : status === 'WAIT' ? { type, delay_seconds: Math.ceil(delay / SECOND), reason } : { type, reason };
  return new Reply(JSON.stringify({ ...extra, status, state, details }), written ? 201 : 200);
}

/** What stands for a state that a create leaves out: Prefect's default. */
export const PENDING: StateCreate = { type: 'PENDING' };
