import { createHash } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { endWaitNotes, upsertWaitNotes, type WaitNoteRow } from '../store/wait-notes.ts';

export type NotedWait = Omit<WaitNoteRow, 'id' | 'server_id' | 'age_seconds'>;

/** The flow run in whose process somebody waits, as far as that is told. */
export const processOf = (writer: { readonly flow_run_id: string } | null, within: readonly string[]): string | null =>
  writer?.flow_run_id ?? within.findLast((party) => party.startsWith('body '))?.slice('body '.length) ?? null;

export interface Noted {
  end(): void;
}

/** The same for the same wait at every server: a long poll that goes on at another one is the same wait. */
function idOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
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
  since: number;
  wait: NotedWait;
  /** Undefined when the wait is over. */
  fail: ((error: Error) => void) | undefined;
  /** Whether the database has to be told, and whether it has a row. */
  stale: boolean;
  written: boolean;
}

/** Waits shorter than this cost nothing, and all that begin within it are one statement. */
const DELAY_MS = 100;

interface Deps {
  readonly database: Database;
  readonly newId: () => string;
}

export function createWaitNotes({ database: { sql }, newId }: Deps): WaitNotes {
  const server_id = newId();
  const entries = new Map<string, Entry>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  function arm(): void {
    timer ??= setTimeout(() => void flush().catch(arm), DELAY_MS).unref();
  }

  /** A unit may have more than one wait at a time. */
  function entryFor(wait: NotedWait): Entry {
    const unit = wait.within[0] ?? newId();
    for (let nth = 0; ; nth++) {
      const key = `${unit} ${nth}`;
      const known = entries.get(key);
      if (known?.fail) continue;
      if (known) return known;
      const entry = { id: idOf(key), since: performance.now(), wait, fail: undefined, stale: true, written: false };
      entries.set(key, entry);
      return entry;
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
    for (const [key, { fail, written }] of entries) if (!fail && !written) entries.delete(key);
    const stale = [...entries.values()].filter((entry) => entry.stale);
    const standing = stale.filter(({ fail }) => fail);
    const over = stale.filter(({ fail, written }) => !fail && written);
    const rows = standing.map(({ id, since, wait }): WaitNoteRow => ({ ...wait, id, server_id, age_seconds: (now - since) / 1000 }));
    for (const entry of stale) entry.stale = false;
    try {
      if (rows.length > 0) await upsertWaitNotes(sql, rows);
      if (over.length > 0)
        await endWaitNotes(
          sql,
          server_id,
          over.map(({ id }) => id),
        );
    } catch (error) {
      for (const entry of stale) entry.stale = true;
      throw error;
    }
    for (const entry of standing) Object.assign(entry, { written: true, stale: entry.stale || !entry.fail });
    for (const entry of over) Object.assign(entry, { written: false, stale: entry.fail !== undefined });
    if (stale.some((entry) => entry.stale)) arm();
  }

  return {
    note: (wait, fail) => {
      const entry = entryFor(wait);
      Object.assign(entry, { wait, fail, stale: true });
      arm();
      const end = () => {
        if (entry.fail !== fail) return;
        Object.assign(entry, { fail: undefined, stale: entry.written });
        if (entry.written) arm();
      };
      return { end };
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
