import { live } from '../../api/live.ts';
import { isMeant, LOG_PAGE, type Log, type LogCursor, type LogFilter, readLogPage } from '../../api/logs.ts';
import { joinLines } from './join-lines.ts';

/** The lines that a page holds of a log that may be long: one stretch without gaps, which grows at both ends. */
export interface Held {
  readonly lines: readonly Log[];
  readonly isComing: boolean;
  readonly error: unknown;
  readonly hasOlder: boolean;
  /** While there are newer ones on the server, lines that are told of are not shown: they would leave a gap. */
  readonly hasNewer: boolean;
  /** How many lines were told of since the stretch was opened. */
  readonly arrived: number;
  /** How many stretches were opened. */
  readonly opened: number;
}

const NOTHING: Held = { lines: [], isComing: true, error: undefined, hasOlder: false, hasNewer: false, arrived: 0, opened: 0 };
/** More than these are let go at the other end. */
const MOST_LINES = 30_000;
/** Lines come from several processes and reach the server a little out of order. */
const OVERLAP_MS = 5000;

export class LogWindow {
  readonly filter: LogFilter;
  #held: Held = NOTHING;
  #older: LogCursor | null = null;
  #newer: LogCursor | null = null;
  #work = new AbortController();
  #isLoading = false;
  /** The stream has opened while lines were read: what came between is read afterwards. */
  #isMissing = false;
  #told: Log[] = [];
  #frame = 0;
  readonly #watchers = new Set<() => void>();
  #unlisten = () => {};

  constructor(filter: LogFilter) {
    this.filter = filter;
  }

  /** From now on lines that are told of are added. */
  listen(): void {
    this.#unlisten = live.listen((told) => {
      if (told.topic === 'log' && isMeant(this.filter, told.data)) this.#hear(told.data);
      else if (told.topic === 'ready' || (told.topic === 'reset' && told.data.topics.includes('log'))) void this.catchUp();
    });
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };
  held = (): Held => this.#held;

  close(): void {
    this.#unlisten();
    this.#work.abort();
    cancelAnimationFrame(this.#frame);
  }

  /** The newest lines. */
  openTail(): Promise<void> {
    return this.#open(async (signal) => {
      const page = await readLogPage({ filter: this.filter, sort: 'TIMESTAMP_DESC', after: null }, signal);
      this.#older = page.next;
      this.#newer = null;
      return page.lines.toReversed();
    });
  }

  /** The oldest lines. */
  openHead(): Promise<void> {
    return this.#open(async (signal) => {
      const page = await readLogPage({ filter: this.filter, sort: 'TIMESTAMP_ASC', after: null }, signal);
      this.#older = null;
      this.#newer = page.next;
      return page.lines;
    });
  }

  /** The lines around this instant. */
  openAt(timestamp: string): Promise<void> {
    return this.#open(async (signal) => {
      const before = { ...this.filter, until: timestamp };
      const after = { ...this.filter, since: timestamp };
      const [earlier, later] = await Promise.all([
        readLogPage({ filter: before, sort: 'TIMESTAMP_DESC', after: null }, signal),
        readLogPage({ filter: after, sort: 'TIMESTAMP_ASC', after: null }, signal),
      ]);
      this.#older = earlier.next;
      this.#newer = later.next;
      return joinLines(earlier.lines.toReversed(), later.lines);
    });
  }

  older(): Promise<void> {
    return this.#grow(this.#older, (page) => {
      this.#older = page.next;
      return joinLines(page.lines.toReversed(), this.#held.lines);
    });
  }

  newer(): Promise<void> {
    return this.#grow(this.#newer, (page) => {
      this.#newer = page.next;
      return joinLines(this.#held.lines, page.lines);
    });
  }

  #say(change: Partial<Held>): void {
    this.#held = { ...this.#held, ...change, hasOlder: this.#older !== null, hasNewer: this.#newer !== null };
    for (const tell of this.#watchers) tell();
  }

  async #open(read: (signal: AbortSignal) => Promise<readonly Log[]>): Promise<void> {
    this.#work.abort();
    this.#work = new AbortController();
    this.#isLoading = false;
    this.#told = [];
    const { signal } = this.#work;
    try {
      const lines = await read(signal);
      if (signal.aborted) return;
      const all = joinLines(lines, this.#newer ? [] : this.#told.splice(0));
      this.#say({ lines: all, isComing: false, error: undefined, arrived: 0, opened: this.#held.opened + 1 });
      if (this.#isMissing) void this.catchUp();
      this.#isMissing = false;
    } catch (error) {
      if (!signal.aborted) this.#say({ isComing: false, error });
    }
  }

  async #grow(cursor: LogCursor | null, join: (page: Awaited<ReturnType<typeof readLogPage>>) => readonly Log[]): Promise<void> {
    if (!cursor || this.#isLoading || this.#held.isComing) return;
    this.#isLoading = true;
    const { signal } = this.#work;
    try {
      const page = await readLogPage(cursor, signal);
      if (!signal.aborted) this.#say({ lines: join(page), error: undefined });
    } catch (error) {
      if (!signal.aborted) this.#say({ error });
    } finally {
      if (!signal.aborted) this.#isLoading = false;
    }
  }

  /** Lines come in bursts: those of one frame are shown at once. */
  #hear(line: Log): void {
    if (this.#newer) {
      this.#say({ arrived: this.#held.arrived + 1 });
      return;
    }
    this.#told.push(line);
    if (this.#held.isComing) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#append(this.#told.splice(0)));
  }

  #append(told: readonly Log[]): void {
    const before = this.#held.lines.length;
    const joined = joinLines(this.#held.lines, told);
    const lines = joined.length > MOST_LINES ? joined.slice(-MOST_LINES) : joined;
    const [first] = lines;
    // What was let go is read again from here when somebody scrolls back.
    if (lines !== joined && first) this.#older = { filter: { ...this.filter, until: first.timestamp }, sort: 'TIMESTAMP_DESC', after: null };
    this.#say({ lines, arrived: this.#held.arrived + joined.length - before });
  }

  /** Reads what has come since the last line: the stream was away. */
  async catchUp(): Promise<void> {
    const [first, last] = [this.#held.lines[0], this.#held.lines.at(-1)];
    if (this.#held.isComing) this.#isMissing = true;
    if (this.#held.isComing || this.#newer) return;
    if (!first || !last) return this.openTail();
    // Not before the first line that is held: what is older comes without a gap when somebody scrolls back.
    const earlier = new Date(Date.parse(last.timestamp) - OVERLAP_MS).toISOString();
    const since = Date.parse(earlier) > Date.parse(first.timestamp) ? earlier : first.timestamp;
    const { signal } = this.#work;
    let cursor: LogCursor | null = { filter: { ...this.filter, since }, sort: 'TIMESTAMP_ASC', after: null };
    try {
      for (let pages = 0; cursor && pages < MOST_LINES / LOG_PAGE; pages++) {
        const page: Awaited<ReturnType<typeof readLogPage>> = await readLogPage(cursor, signal);
        if (signal.aborted) return;
        this.#append(page.lines);
        cursor = page.next;
      }
    } catch {} // the chip says that the server is away, and `ready` comes again
  }
}
