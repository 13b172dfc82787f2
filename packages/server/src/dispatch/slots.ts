import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { LeaseGranted, LeaseHolder } from '@sluice/core/model/concurrency-limit';
import type { Database, Sql } from '../db/database.ts';
import type { Writer } from '../orchestrate/change.ts';
import { endLease, holdLease, lastExpiry, lockLimits, nextToken, type OpenLimit } from '../store/concurrency-limits.ts';
import { insertSlots } from '../store/slots.ts';
import type { NewsDesk } from './news.ts';

export interface SlotRequest {
  readonly names: readonly string[];
  readonly slots: number;
  readonly mode: 'concurrency' | 'rate_limit';
  /** Null: until given back. */
  readonly lease_seconds: number | null;
  readonly holder: LeaseHolder | null;
  /** A holder of a flow run's lease: its slots live and end with that lease, whatever their own time. */
  readonly writer: Writer | null;
  readonly token_above: number | null;
}

interface Waiter {
  readonly request: SlotRequest;
  readonly resolve: (granted: LeaseGranted) => void;
  readonly reject: (error: unknown) => void;
}

/** Gives out slots of named limits: at once when they are free, else in the order of the requests as slots are freed. */
export interface SlotKeeper {
  /** Undefined when there are not enough slots now. */
  tryAcquire(request: SlotRequest): Promise<LeaseGranted | undefined>;
  /** Waits until there are; undefined when `signal` ends the wait. */
  acquire(request: SlotRequest, signal: AbortSignal): Promise<LeaseGranted | undefined>;
  /** Who waits, for the deadlock check and for explanations. */
  waiting(): readonly SlotRequest[];
  close(): void;
}

/**
 * The lease of whoever asked for slots of names that have no limit: there is nothing to hold, so it is always there. Prefect's
 * clients take and renew one for every tagged task.
 */
export const UNLIMITED = '00000000-0000-0000-0000-000000000000';

export function createSlotKeeper({ database, desk, newId }: { database: Database; desk: NewsDesk; newId: () => string }): SlotKeeper {
  const waiters: Waiter[] = [];
  let pumping = false;
  let again = false;

  const tryAcquire = (request: SlotRequest) => database.transaction((sql) => take(sql, request, newId));

  /** Asks for everybody in order. Who stands behind somebody that waits for the same limit is not asked. */
  async function askAll(): Promise<void> {
    const blocked = new Set<string>();
    for (const waiter of [...waiters]) {
      if (waiter.request.names.some((name) => blocked.has(name)) || !waiters.includes(waiter)) continue;
      try {
        const granted = await tryAcquire(waiter.request);
        if (granted && !waiters.includes(waiter)) await giveBack(granted);
        else if (granted) leave(waiter, () => waiter.resolve(granted));
        else for (const name of waiter.request.names) blocked.add(name);
      } catch (error) {
        leave(waiter, () => waiter.reject(error));
      }
    }
  }

  /** Who was to have it hung up meanwhile. */
  async function giveBack({ lease_id }: LeaseGranted): Promise<void> {
    await endLease(database.sql, lease_id);
    again = true;
  }

  function leave(waiter: Waiter, then: () => void): void {
    const index = waiters.indexOf(waiter);
    if (index >= 0) waiters.splice(index, 1);
    then();
  }

  async function pump(): Promise<void> {
    again = true;
    if (pumping) return;
    pumping = true;
    while (again && waiters.length > 0) {
      again = false;
      await askAll();
    }
    pumping = false;
  }

  const unsubscribe = desk.subscribe(({ limits }) => {
    if (limits.length > 0) void pump();
  });

  return {
    tryAcquire,
    acquire: async (request, signal) => {
      if (signal.aborted) return undefined;
      const { promise, resolve, reject } = Promise.withResolvers<LeaseGranted | undefined>();
      const waiter: Waiter = { request, resolve, reject };
      waiters.push(waiter);
      signal.addEventListener('abort', () => leave(waiter, () => resolve(undefined)), { once: true });
      void pump();
      return promise;
    },
    waiting: () => waiters.map(({ request }) => request),
    close: unsubscribe,
  };
}

/** One try, in one transaction: all limits or none. Names without an active limit are not limited. */
async function take(sql: Sql, request: SlotRequest, newId: () => string): Promise<LeaseGranted | undefined> {
  const { names, slots, writer } = request;
  const covered = writer !== null && request.lease_seconds !== null;
  const limits = await lockLimits(sql, names);
  // After the limits, as the door ends leases after it has locked limits: the other way round each would wait for the other.
  if (covered && !(await holdLease(sql, writer.flow_run_id, writer.epoch))) {
    throw new SluiceError('LEASE_EXPIRED', `Epoch ${writer.epoch} of flow run ${writer.flow_run_id} is over: it takes no slots any more.`);
  }
  refuseImpossible(limits, request);
  if (limits.some(({ limit, used }) => used + slots > limit)) return undefined;
  const lease_id = limits.length > 0 ? newId() : UNLIMITED;
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
    })),
  );
  if (rows.length > 0) await insertSlots(sql, rows);
  const first = limits.find(({ name }) => name === names[0]);
  const token = request.token_above !== null && first ? await nextToken(sql, first.id, request.token_above) : undefined;
  return { lease_id, limits: limits.map(({ id, name, limit }) => ({ id, name, limit })), ...(token !== undefined && { token }) };
}

function refuseImpossible(limits: readonly OpenLimit[], { slots, mode }: SlotRequest): void {
  if (limits.some(({ limit }) => limit < slots)) throw new SluiceError('INVALID_REQUEST', 'Slots requested is greater than the limit');
  const steady = limits.filter(({ slot_decay_per_second }) => slot_decay_per_second === 0).map(({ name }) => name);
  if (mode !== 'rate_limit' || steady.length === 0) return;
  throw new SluiceError(
    'INVALID_REQUEST',
    `Only concurrency limits with slot decay can be used for rate limiting. The following limits do not have a decay configured: '${steady.join(',')}'`,
  );
}

/** With a decay a slot is free again when those before it are, plus its own share of time. */
async function slotSeconds(sql: Sql, limit: OpenLimit, request: SlotRequest, covered: boolean): Promise<number | null> {
  if (limit.slot_decay_per_second > 0) return (await lastExpiry(sql, limit.id)) + request.slots / limit.slot_decay_per_second;
  return covered ? null : request.lease_seconds;
}
