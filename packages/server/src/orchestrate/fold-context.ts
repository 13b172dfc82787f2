import { type Micros, toInstant } from '@sluice/core/lib/time';
import type { State, StateCreate } from '@sluice/core/model/state';
import type { Decision } from '@sluice/core/orchestration/evaluate';
import type { LeaseFacts } from '@sluice/core/orchestration/run-record';
import type { Outcome, Writer } from './change.ts';
import type { WorkingSet, Writes } from './working-set.ts';

/** What a fold works on. */
export interface Fold {
  readonly set: WorkingSet;
  readonly writes: Writes;
  readonly newId: () => string;
}

export function leaseFacts(set: WorkingSet, id: string, writer: Writer | null): LeaseFacts {
  const lease = set.leases.get(id);
  const current = writer ? (set.leases.get(writer.flow_run_id)?.epoch ?? null) : null;
  return {
    // Who serves deployments claims each run in the run's own name: `claim-run.ts` of the SDK.
    lease: lease
      ? { claimed: lease.incarnation_id !== null, served: lease.incarnation_id === id, deployment_lease_id: lease.deployment_lease_id }
      : null,
    writer: writer && { epoch: writer.epoch, current, self: writer.flow_run_id === id },
  };
}

/** A proposal as the state it would be: with id, time and a name. */
export function toState(id: string, { type, name, message, data, state_details }: StateCreate, now: Micros): State {
  const timestamp = toInstant(now);
  return {
    id,
    type,
    name: name ?? type.charAt(0) + type.slice(1).toLowerCase(),
    timestamp,
    message: message ?? null,
    data: data ?? null,
    state_details: type === 'SCHEDULED' ? { ...state_details, scheduled_time: state_details?.scheduled_time ?? timestamp } : (state_details ?? {}),
  };
}

/** The answer to a change that proposed nothing. */
export const unchanged = (id: string, created: boolean, state: State | null): Outcome => ({
  id,
  created,
  written: false,
  status: 'ACCEPT',
  state,
  reason: null,
  delay: 0,
  epoch: 0,
});

export const answered = (
  id: string,
  created: boolean,
  { written, status, reason, delay }: Decision<unknown>,
  state: State | null,
  epoch: number,
): Outcome => ({
  id,
  created,
  written: written !== null,
  status,
  state,
  reason,
  delay,
  epoch,
});
