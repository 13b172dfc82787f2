import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { LeaseGranted } from '@sluice/core/model/concurrency-limit';
import type { Sql } from '../db/database.ts';
import { lastExpiry, lockLease, lockLimits, nextToken, type OpenLimit, takeLeaseOver } from '../store/concurrency-limits.ts';
import { enterLine, type LineRow, type Place, readStanding, removeFromLine } from '../store/slot-line.ts';
import { insertSlots } from '../store/slots.ts';
import type { SlotRequest } from './slots.ts';

/**
 * The lease of whoever asked for slots of names that have no limit: there is nothing to hold, so it is always there. Prefect's
 * clients take and renew one for every tagged task.
 */
export const UNLIMITED = '00000000-0000-0000-0000-000000000000';

export interface Taken {
  readonly granted?: LeaseGranted;
  /** A limit with fewer slots than are asked for, however many are free. */
  readonly tooSmall?: OpenLimit;
  /** Where it stands in the line now. */
  readonly place?: Place | undefined;
  /** Whether it stood there before: others may have been told that it is ahead of them. */
  readonly known: boolean;
  /** Limits of which more slots are free. */
  readonly room: readonly string[];
  /** Those of the names that have a limit. */
  readonly limited: readonly string[];
}

export interface Asking {
  readonly request: SlotRequest;
  /** The id that the lease will have. */
  readonly id: string;
  /** Names the request that will be told of it. */
  readonly told: string;
  /** Who waits, where there is no slot now; null for those who do not wait, and stand behind nobody. */
  readonly line: { readonly serverId: string; readonly row: LineRow } | null;
}

/**
 * One try, in one transaction: all limits or none. Names without an active limit are not limited. Who finds no slot, or somebody
 * ahead, stands in the line when it is over.
 */
export async function take(sql: Sql, { request, id, told, line }: Asking, newId: () => string): Promise<Taken> {
  const { names, slots, writer } = request;
  const covered = writer !== null && request.lease_seconds !== null;
  // Sent at once, and done one after the other: all that is looked at is looked at while the limits are locked.
  const [limits, standing, isTakenOver] = await Promise.all([
    lockLimits(sql, names),
    line ? readStanding(sql, line.row) : { known: false, behind: false },
    request.lease_id ? takeLeaseOver(sql, request.lease_id, told) : false,
  ]);
  // After the limits, as the door ends leases after it has locked limits: the other way round each would wait for the other.
  if (covered && !(await lockLease(sql, writer.flow_run_id, writer.epoch))) {
    throw new SluiceError('LEASE_EXPIRED', `Epoch ${writer.epoch} of flow run ${writer.flow_run_id} is over: it can take no more slots.`, {
      hint: 'Stop: another worker has the run now.',
    });
  }
  refuseSteady(limits, request);
  const seen = { known: standing.known, room: [], limited: limits.map(({ name }) => name) };
  const stand = async () => (line ? (await enterLine(sql, line.serverId, [line.row]))[0] : undefined);
  if (!isTakenOver) {
    const tooSmall = limits.find(({ limit }) => limit < slots);
    if (tooSmall) return { ...seen, tooSmall, place: tooSmall.limit === 0 || standing.known ? await stand() : undefined };
    if (standing.behind || limits.some(({ limit, used }) => used + slots > limit)) return { ...seen, place: await stand() };
  }
  const lease_id = limits.length > 0 ? id : UNLIMITED;
  const rows = await Promise.all(
    limits.map(async (limit) => ({
      id: newId(),
      concurrency_limit_id: limit.id,
      lease_id,
      slots,
      lease_seconds: await slotSeconds(sql, limit, request, covered),
      holder_type: request.holder?.type ?? null,
      holder_id: request.holder?.id ?? null,
      flow_run_id: covered ? writer.flow_run_id : null,
      epoch: covered ? writer.epoch : null,
      unit: request.within?.[0] ?? null,
      told,
    })),
  );
  if (rows.length > 0 && !isTakenOver) await insertSlots(sql, rows);
  if (standing.known) await removeFromLine(sql, id);
  const first = limits.find(({ name }) => name === names[0]);
  const token = request.token_above !== null && first ? await nextToken(sql, first.id, request.token_above) : undefined;
  const taken = limits.map(({ id, name, limit }) => ({ id, name, limit }));
  const room = limits.filter(({ limit, used }) => used + slots < limit).map(({ name }) => name);
  return { ...seen, room, granted: { lease_id, limits: taken, ...(token !== undefined && { token }) } };
}

/** Prefect's words, with what it is about. */
export const tooMuch = ({ name, limit }: OpenLimit, { slots }: SlotRequest) =>
  new SluiceError('INVALID_REQUEST', `Slots requested is greater than the limit: ${slots} of "${name}", which has ${limit}.`, {
    hint: `Ask for ${limit} at most, or raise the limit.`,
  });

function refuseSteady(limits: readonly OpenLimit[], { mode }: SlotRequest): void {
  const steady = limits.filter(({ slot_decay_per_second }) => slot_decay_per_second === 0).map(({ name }) => name);
  if (mode !== 'rate_limit' || steady.length === 0) return;
  throw new SluiceError(
    'INVALID_REQUEST',
    `Only concurrency limits with slot decay can be used for rate limiting. The following limits do not have a decay configured: '${steady.join(',')}'`,
    { hint: 'Give them slot_decay_per_second, or use concurrency() instead.' },
  );
}

/** With a decay a slot is free again when those before it are, plus its own share of time. */
async function slotSeconds(sql: Sql, limit: OpenLimit, request: SlotRequest, covered: boolean): Promise<number | null> {
  if (limit.slot_decay_per_second > 0) return (await lastExpiry(sql, limit.id)) + request.slots / limit.slot_decay_per_second;
  return covered ? null : request.lease_seconds;
}
