import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { LeaseGranted, LeaseHolder } from '@sluice/core/model/concurrency-limit';
import type { Database, Sql } from '../db/database.ts';
import type { NewsDesk } from '../events/news.ts';
import type { Writer } from '../orchestrate/change.ts';
import { endSlotLease, lastExpiry, lockLease, lockLimits, nextToken, type OpenLimit } from '../store/concurrency-limits.ts';
import { insertSlots } from '../store/slots.ts';
import { processOf, type WaitNotes } from './wait-notes.ts';

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
  /** Who asks, and who waits for that, from the inside out: `task <id>`, `body <id>`. */
  readonly within?: readonly string[];
}

interface SlotWaiter {
  readonly request: SlotRequest;
  /** Who asks again keeps its place in the line. */
  readonly since: number;
  /** Whether it was told already if it asks for more than there can be. */
  asked: boolean;
  readonly resolve: (granted: LeaseGranted) => void;
  readonly reject: (error: unknown) => void;
}

/** Gives out slots of named limits: at once when they are free, else in the order of the requests as slots are freed. */
export interface SlotKeeper {
  /** Undefined when there are not enough slots now, or the limit is 0. Asking for more than a limit has is an error. */
  tryAcquire(request: SlotRequest): Promise<LeaseGranted | undefined>;
  /** Waits until there are; undefined when `signal` ends the wait. */
  acquire(request: SlotRequest, signal: AbortSignal): Promise<LeaseGranted | undefined>;
  /** Who waits, in the order in which they are served. */
  waiting(): readonly SlotRequest[];
  close(): void;
}

/**
 * The lease of whoever asked for slots of names that have no limit: there is nothing to hold, so it is always there. Prefect's
 * clients take and renew one for every tagged task.
 */
export const UNLIMITED = '00000000-0000-0000-0000-000000000000';

interface Deps {
  readonly database: Database;
  readonly desk: NewsDesk;
  readonly notes: WaitNotes;
  readonly newId: () => string;
}

export function createSlotKeeper({ database, desk, notes, newId }: Deps): SlotKeeper {
  const waiters: SlotWaiter[] = [];
  let pumping = false;
  let again = false;

  async function ask(request: SlotRequest): Promise<Taken> {
    const taken = await database.transaction((sql) => take(sql, request, newId));
    if (taken.granted) desk.publish({ records: { concurrency_limit: taken.granted.limits.map(({ id }) => id) } });
    return taken;
  }

  async function tryAcquire(request: SlotRequest): Promise<LeaseGranted | undefined> {
    const { granted, tooSmall } = await ask(request);
    if (tooSmall && tooSmall.limit > 0) throw tooMuch(tooSmall, request);
    return granted;
  }

  /**
   * Asks for everybody in order. Who stands behind somebody that waits for the same limit is not asked. A limit that was made smaller
   * than what somebody waits for may be raised again: that one waits on, and holds up nobody.
   */
  async function askAll(): Promise<void> {
    const blocked = new Set<string>();
    for (const waiter of [...waiters]) {
      if (waiter.request.names.some((name) => blocked.has(name)) || !waiters.includes(waiter)) continue;
      try {
        const { granted, tooSmall } = await ask(waiter.request);
        if (tooSmall && tooSmall.limit > 0 && !waiter.asked) throw tooMuch(tooSmall, waiter.request);
        waiter.asked = true;
        if (granted && !waiters.includes(waiter)) await giveBack(granted);
        else if (granted) leave(waiter, () => waiter.resolve(granted));
        else if (!tooSmall) for (const name of waiter.request.names) blocked.add(name);
      } catch (error) {
        leave(waiter, () => waiter.reject(error));
      }
    }
  }

  /** Who was to have it hung up meanwhile. */
  async function giveBack({ lease_id }: LeaseGranted): Promise<void> {
    await endSlotLease(database.sql, lease_id);
    again = true;
  }

  function leave(waiter: SlotWaiter, then: () => void): void {
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
      const { within = [], slots, writer } = request;
      const wait = { within, flow_run_id: processOf(writer, within), flow_run_ids: null, limit_names: request.names, slots };
      const noted = notes.note(wait, (error) => leave(waiter, () => reject(error)));
      const waiter: SlotWaiter = { request, since: noted.since, asked: noted.again, resolve, reject };
      const behind = waiters.findIndex(({ since }) => since > waiter.since);
      waiters.splice(behind < 0 ? waiters.length : behind, 0, waiter);
      signal.addEventListener('abort', () => leave(waiter, () => resolve(undefined)), { once: true });
      void pump();
      return promise.finally(noted.end);
    },
    waiting: () => waiters.map(({ request }) => request),
    close: unsubscribe,
  };
}

interface Taken {
  readonly granted?: LeaseGranted;
  /** A limit with fewer slots than are asked for, however many are free. */
  readonly tooSmall?: OpenLimit;
}

/** One try, in one transaction: all limits or none. Names without an active limit are not limited. */
async function take(sql: Sql, request: SlotRequest, newId: () => string): Promise<Taken> {
  const { names, slots, writer } = request;
  const covered = writer !== null && request.lease_seconds !== null;
  const limits = await lockLimits(sql, names);
  // After the limits, as the door ends leases after it has locked limits: the other way round each would wait for the other.
  if (covered && !(await lockLease(sql, writer.flow_run_id, writer.epoch))) {
    throw new SluiceError('LEASE_EXPIRED', `Epoch ${writer.epoch} of flow run ${writer.flow_run_id} is over: it can take no more slots.`, {
      hint: 'Stop: another worker has the run now.',
    });
  }
  refuseSteady(limits, request);
  const tooSmall = limits.find(({ limit }) => limit < slots);
  if (tooSmall) return { tooSmall };
  if (limits.some(({ limit, used }) => used + slots > limit)) return {};
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
      unit: request.within?.[0] ?? null,
    })),
  );
  if (rows.length > 0) await insertSlots(sql, rows);
  const first = limits.find(({ name }) => name === names[0]);
  const token = request.token_above !== null && first ? await nextToken(sql, first.id, request.token_above) : undefined;
  const taken = limits.map(({ id, name, limit }) => ({ id, name, limit }));
  return { granted: { lease_id, limits: taken, ...(token !== undefined && { token }) } };
}

/** Prefect's words, with what it is about. */
const tooMuch = ({ name, limit }: OpenLimit, { slots }: SlotRequest) =>
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
