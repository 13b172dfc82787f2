import type { Database } from '../db/database.ts';
import type { NewsDesk } from '../events/news.ts';
import { lockLimits } from '../store/concurrency-limits.ts';
import { enterLine, type LineRow, leaveLine, prolongLine, removeFromLine } from '../store/slot-line.ts';
import type { SlotWaiter } from './slots.ts';

/** What a server tells the others of those who wait at it for slots (`store/slot-line.ts`). */
export interface SlotLine {
  readonly serverId: string;
  /** For so long whoever asks again has not left. */
  readonly graceSeconds: number;
  /** Gives places to those who need not be asked now, since somebody ahead waits. True when one of them stood there already. */
  enter(waiters: readonly SlotWaiter[]): Promise<boolean>;
  /** They wait no more; those behind are told when it is for good. */
  depart(rows: readonly LineRow[], seconds: number): Promise<void>;
  /** It will never have what it waited for. */
  remove(row: LineRow): Promise<void>;
  /** Tells again and again that they wait, while there are any. */
  watch(): void;
  close(): Promise<void>;
}

interface Deps {
  readonly database: Database;
  readonly desk: NewsDesk;
  readonly newId: () => string;
  readonly waiters: readonly SlotWaiter[];
  readonly pump: () => Promise<void>;
}

/** Three times in the term of a row. News that got lost, and servers that died, hold up nobody for longer. */
const TELL_MS = 3000;
/** A long poll that is over is asked again within this, and nobody passes meanwhile. */
const GRACE_SECONDS = 2;

export function createSlotLine({ database, desk, newId, waiters, pump }: Deps): SlotLine {
  const { sql } = database;
  const serverId = newId();
  let timer: NodeJS.Timeout | undefined;
  let departing: Promise<unknown> = Promise.resolve();

  async function tell(): Promise<void> {
    const standing = waiters.filter(({ place }) => place !== undefined);
    const known = await prolongLine(
      sql,
      serverId,
      standing.map(({ row }) => row.id),
    );
    for (const waiter of standing) if (!known.has(waiter.row.id)) waiter.place = undefined; // PostgreSQL died and has forgotten them
    await pump();
  }

  function watch(): void {
    timer ??= setInterval(() => {
      if (waiters.length > 0) return void tell().catch(() => {}); // told at the next turn
      clearInterval(timer);
      timer = undefined;
    }, TELL_MS).unref();
  }

  async function depart(rows: readonly LineRow[], seconds: number): Promise<void> {
    const ids = rows.map(({ id }) => id);
    const names = [...new Set(rows.flatMap(({ limit_names }) => limit_names))];
    const left = leaveLine(sql, serverId, ids, seconds).catch(() => {}); // the rows expire
    departing = Promise.all([departing, left]);
    await left;
    desk.publish(seconds > 0 ? { records: { concurrency_limit: names } } : { limits: names });
  }

  return {
    serverId,
    graceSeconds: GRACE_SECONDS,
    enter: async (entering) => {
      if (entering.length === 0) return false;
      const names = [...new Set(entering.flatMap(({ row }) => row.limit_names))];
      const places = await database.transaction(async (tx) => {
        const limits = await lockLimits(tx, names);
        // Who asks for more than there can be is told so when it is asked.
        const fits = ({ row }: SlotWaiter) => limits.every(({ name, limit }) => limit === 0 || row.slots <= limit || !row.limit_names.includes(name));
        return enterLine(
          tx,
          serverId,
          entering.filter(fits).map(({ row }) => row),
        );
      });
      const placed = new Map(places.map(({ id, place }) => [id, place]));
      for (const waiter of entering) waiter.place = placed.get(waiter.row.id) ?? waiter.place;
      const gone = entering.filter((waiter) => !waiters.includes(waiter));
      if (gone.length > 0)
        await depart(
          gone.map(({ row }) => row),
          0,
        );
      desk.publish({ records: { concurrency_limit: names } });
      return places.some(({ kept }) => kept);
    },
    depart,
    remove: async ({ id, limit_names }) => {
      await removeFromLine(sql, id).catch(() => {});
      desk.publish({ limits: limit_names });
    },
    watch,
    close: async () => {
      clearInterval(timer);
      await departing;
    },
  };
}
