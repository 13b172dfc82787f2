import type { LeaseGranted, LeaseHolder } from '@sluice/core/model/concurrency-limit';
import type { Database } from '../db/database.ts';
import type { NewsDesk } from '../events/news.ts';
import type { Writer } from '../orchestrate/change.ts';
import { endUntoldLease } from '../store/concurrency-limits.ts';
import type { LineRow } from '../store/slot-line.ts';
import { createSlotLine, type SlotLine } from './slot-line.ts';
import { type Taken, take, tooMuch } from './take-slots.ts';
import { processOf } from './wait-notes.ts';

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
  /** The id that the lease will have: who asks again with it keeps its place, and has what it was granted already. */
  readonly lease_id?: string | null | undefined;
}

export interface SlotWaiter {
  readonly request: SlotRequest;
  readonly row: LineRow;
  /** Names this request among those of the same waiter. */
  readonly told: string;
  /** Where it stands in the line of all servers; undefined until the database has said it. */
  place: number | undefined;
  /** Its names that have a limit, as far as that is known. */
  limited: readonly string[];
  readonly resolve: (granted: LeaseGranted) => void;
  readonly reject: (error: unknown) => void;
}

/** Gives out slots of named limits: at once when they are free, else in the order of the requests at all servers as slots are freed. */
export interface SlotKeeper {
  /** Undefined when there are not enough slots now, or the limit is 0. Asking for more than a limit has is an error. */
  tryAcquire(request: SlotRequest): Promise<LeaseGranted | undefined>;
  /** Waits until there are; undefined when `signal` ends the wait. */
  acquire(request: SlotRequest, signal: AbortSignal): Promise<LeaseGranted | undefined>;
  /** Ends a wait of this server with an error; false when it is none of its waits, or over. */
  fail(id: string, error: Error): Promise<boolean>;
  /** Who waits at this server, in the order in which they are served. */
  waiting(): readonly SlotRequest[];
  close(): Promise<void>;
}

interface Deps {
  readonly database: Database;
  readonly desk: NewsDesk;
  readonly newId: () => string;
}

async function askFor(
  { database, desk, newId, serverId }: Deps & { serverId: string },
  request: SlotRequest,
  waiter: SlotWaiter | null,
): Promise<Taken> {
  const id = waiter?.row.id ?? request.lease_id ?? newId();
  const asking = { request, id, told: waiter?.told ?? newId(), line: waiter && { serverId, row: waiter.row } };
  const taken = await database.transaction((sql) => take(sql, asking, newId));
  if (taken.granted) {
    // Others were told that it is ahead of them: when there is more, it is their turn.
    const limits = taken.known ? taken.room : [];
    desk.publish({ limits, records: { concurrency_limit: taken.granted.limits.map(({ id: limit }) => limit) } });
  } else if (taken.place && !taken.place.kept) {
    desk.publish({ records: { concurrency_limit: taken.limited } });
  }
  return taken;
}

export function createSlotKeeper({ database, desk, newId }: Deps): SlotKeeper {
  const waiters: SlotWaiter[] = [];
  const line: SlotLine = createSlotLine({ database, desk, newId, waiters, pump });
  let pumping = false;
  let again = false;

  const ask = (request: SlotRequest, waiter: SlotWaiter | null) => askFor({ database, desk, newId, serverId: line.serverId }, request, waiter);

  async function tryAcquire(request: SlotRequest): Promise<LeaseGranted | undefined> {
    const { granted, tooSmall } = await ask(request, null);
    if (tooSmall && tooSmall.limit > 0) throw tooMuch(tooSmall, request);
    return granted;
  }

  /**
   * Asks for everybody in order. Who stands behind somebody that waits for the same limit is not asked, but has a place in the line. A
   * limit that was made smaller than what somebody waits for may be raised again: that one waits on, and holds up nobody.
   */
  async function askAll(): Promise<void> {
    waiters.sort((a, b) => (a.place ?? Infinity) - (b.place ?? Infinity) || 0);
    const blocked = new Set<string>();
    const block = ({ limited }: SlotWaiter) => {
      for (const name of limited) blocked.add(name);
    };
    const entering: SlotWaiter[] = [];
    for (const waiter of [...waiters]) {
      if (!waiters.includes(waiter)) continue;
      if (waiter.limited.some((name) => blocked.has(name))) {
        if (waiter.place === undefined) entering.push(waiter);
        block(waiter);
      } else if (await isHeldUp(waiter)) block(waiter);
    }
    try {
      if (await line.enter(entering)) again = true;
    } catch (error) {
      for (const waiter of entering) leave(waiter, () => waiter.reject(error));
    }
  }

  /** Whether those behind it have to wait for it. */
  async function isHeldUp(waiter: SlotWaiter): Promise<boolean> {
    const { request, row, told } = waiter;
    try {
      const { granted, tooSmall, place, known, limited } = await ask(request, waiter);
      if (tooSmall && tooSmall.limit > 0 && !known) throw tooMuch(tooSmall, request);
      Object.assign(waiter, { place: place?.place, limited });
      if (waiters.includes(waiter)) {
        if (granted) leave(waiter, () => waiter.resolve(granted));
        return !granted && !tooSmall;
      }
      // It hung up meanwhile. Unless it has asked again, perhaps another server, what it was to have is free.
      if (granted) desk.publish({ limits: await endUntoldLease(database.sql, granted.lease_id, told) });
      else await line.depart([row], 0);
    } catch (error) {
      leave(waiter, () => waiter.reject(error));
      if (waiter.place !== undefined) await line.depart([row], 0);
    }
    return false;
  }

  function leave(waiter: SlotWaiter, then: () => void): boolean {
    const index = waiters.indexOf(waiter);
    if (index >= 0) waiters.splice(index, 1);
    then();
    return index >= 0;
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
      const { names, within = [], slots, writer } = request;
      const row = { id: request.lease_id ?? newId(), flow_run_id: processOf(writer, within), within, limit_names: names, slots };
      const waiter: SlotWaiter = { request, row, told: newId(), place: undefined, limited: names, resolve, reject };
      waiters.push(waiter);
      signal.addEventListener(
        'abort',
        () => {
          if (!leave(waiter, () => resolve(undefined)) || waiter.place === undefined) return;
          void line.depart([row], (signal.reason as Error | undefined)?.name === 'TimeoutError' ? line.graceSeconds : 0);
        },
        { once: true },
      );
      line.watch();
      void pump();
      return promise;
    },
    fail: async (id, error) => {
      const waiter = waiters.find(({ row }) => row.id === id);
      if (!waiter || !leave(waiter, () => waiter.reject(error))) return false;
      await line.remove(waiter.row);
      return true;
    },
    waiting: () => waiters.map(({ request }) => request),
    close: async () => {
      unsubscribe();
      await line.close();
    },
  };
}
