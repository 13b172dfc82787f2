import type { Database } from '../db/database.ts';
import type { NewsDesk } from '../events/news.ts';
import { deleteWaitNotes, upsertWaitNotes, type WaitNoteRow } from '../store/wait-notes.ts';

export type NotedWait = Omit<WaitNoteRow, 'id' | 'server_id' | 'age_seconds'>;

/** The flow run in whose process somebody waits, as far as that is told. */
export const processOf = (writer: { readonly flow_run_id: string } | null, within: readonly string[]): string | null =>
  writer?.flow_run_id ?? within.findLast((party) => party.startsWith('body '))?.slice('body '.length) ?? null;

export interface Noted {
  /** When it began, by this process's clock: earlier than now when the same wait was asked for again. */
  readonly since: number;
  /** Whether it was asked for before, and is asked again. */
  readonly again: boolean;
  end(): void;
}

/** Waits that last are written down, for the search for circles and for who asks why a run waits, at every server of the database. */
export interface WaitNotes {
  /** `fail` ends the wait with an error. */
  note(wait: NotedWait, fail: (error: Error) => void): Noted;
  /** Ends a wait that is noted here. False when it is none of this server's, or over. */
  fail(id: string, error: Error): boolean;
  /** Resolves when what stands in the database is what waits here. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Entry {
  readonly id: string;
  readonly since: number;
  wait: NotedWait;
  /** Undefined when the wait is over. */
  fail: ((error: Error) => void) | undefined;
  endedAt: number;
  /** Whether the database has to be told, and whether it has a row. */
  stale: boolean;
  written: boolean;
}

/** Waits shorter than this cost nothing, and all that begin within it are one statement. */
const DELAY_MS = 100;
/** A long poll that is asked again within this is the same wait: it keeps its place. */
const SAME_WAIT_MS = 2000;

interface Deps {
  readonly database: Database;
  readonly desk: NewsDesk;
  readonly newId: () => string;
}

export function createWaitNotes({ database: { sql }, desk, newId }: Deps): WaitNotes {
  const server_id = newId();
  const entries = new Map<string, Entry>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  function arm(): void {
    timer ??= setTimeout(() => void flush().catch(arm), DELAY_MS).unref();
  }

  /** A unit may wait for the same thing more than once at a time. */
  function entryFor(wait: NotedWait): { entry: Entry; again: boolean } {
    const now = performance.now();
    for (let nth = 0; ; nth++) {
      const key = `${wait.within[0] ?? newId()} ${wait.limit_names.join(' ')} ${nth}`;
      const known = entries.get(key);
      if (known?.fail) continue;
      if (known && (known.written || now - known.endedAt < SAME_WAIT_MS)) return { entry: known, again: true };
      const entry = { id: newId(), since: now, wait, fail: undefined, endedAt: now, stale: true, written: false };
      entries.set(key, entry);
      return { entry, again: false };
    }
  }

  /** One after the other: an older flush never undoes a newer one. */
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    flushing = flushing.catch(() => {}).then(write);
    return flushing;
  }

  async function write(): Promise<void> {
    const now = performance.now();
    for (const [key, { fail, written, endedAt }] of entries) if (!fail && !written && now - endedAt > SAME_WAIT_MS) entries.delete(key);
    const stale = [...entries.values()].filter((entry) => entry.stale);
    const standing = stale.filter(({ fail }) => fail);
    const over = stale.filter(({ fail, written }) => !fail && written);
    const rows = standing.map(({ id, since, wait }): WaitNoteRow => ({ ...wait, id, server_id, age_seconds: (now - since) / 1000 }));
    for (const entry of stale) entry.stale = false;
    try {
      if (rows.length > 0) await upsertWaitNotes(sql, rows);
      if (over.length > 0)
        await deleteWaitNotes(
          sql,
          over.map(({ id }) => id),
        );
    } catch (error) {
      for (const entry of stale) entry.stale = true;
      throw error;
    }
    // Who looks at a limit sees who waits for it, and who looks at a run, why it waits.
    const changed = [...standing.filter(({ written }) => !written), ...over].flatMap(({ wait }) => wait.limit_names);
    for (const entry of standing) Object.assign(entry, { written: true, stale: entry.stale || !entry.fail });
    for (const entry of over) Object.assign(entry, { written: false, stale: entry.fail !== undefined });
    desk.publish({ records: { concurrency_limit: [...new Set(changed)] } });
    if (stale.some((entry) => entry.stale)) arm();
  }

  return {
    note: (wait, fail) => {
      const { entry, again } = entryFor(wait);
      Object.assign(entry, { wait, fail, stale: true });
      arm();
      const end = () => {
        if (entry.fail !== fail) return;
        Object.assign(entry, { fail: undefined, endedAt: performance.now(), stale: entry.written });
        if (entry.written) arm();
      };
      return { since: entry.since, again, end };
    },
    fail: (id, error) => {
      const fail = [...entries.values()].find((entry) => entry.id === id)?.fail;
      fail?.(error);
      return fail !== undefined;
    },
    flush,
    close: async () => {
      for (const entry of entries.values()) Object.assign(entry, { fail: undefined, stale: entry.written });
      await flush().catch(() => {}); // they expire
    },
  };
}
