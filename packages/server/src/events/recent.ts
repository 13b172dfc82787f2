import type { TopicName } from '@sluice/core/events/topics';
import type { Position } from '../store/event-position.ts';
import type { RecordEvent } from '../store/event-records.ts';
import type { KeptEvent } from '../store/events.ts';

export type AnyEvent = KeptEvent | RecordEvent;

/** What one reading has brought. */
export interface Entry {
  /** Its number; each has the next. */
  readonly place: number;
  readonly events: readonly AnyEvent[];
  /** Topics of which something may have been missed. */
  readonly reset: readonly TopicName[];
  /** The position of a reader that has read it. */
  readonly position: Position;
}

const MAX_ENTRIES = 256;
const MAX_BYTES = 8 * 1024 * 1024;

const bytesOf = ({ events }: Entry): number => events.reduce((sum, { data }) => sum + data.length, 0);

/** The newest events, for all readers: a slower one reads them from the database. */
export class Recent {
  readonly #entries: Entry[] = [];
  readonly #waiting = new Set<() => void>();
  #last = 0;
  #bytes = 0;

  /** The number of the last entry. */
  get last(): number {
    return this.#last;
  }

  add(given: Omit<Entry, 'place'>): void {
    const entry = { ...given, place: ++this.#last };
    this.#entries.push(entry);
    this.#bytes += bytesOf(entry);
    while (this.#entries.length > MAX_ENTRIES || this.#bytes > MAX_BYTES) this.#bytes -= bytesOf(this.#entries.shift() as Entry);
    for (const wake of [...this.#waiting]) wake();
  }

  /** What came after an entry; undefined when some of it is not kept any more. */
  after(place: number): readonly Entry[] | undefined {
    if (place === this.#last) return [];
    const index = this.#entries.findIndex((entry) => entry.place === place + 1);
    return index < 0 ? undefined : this.#entries.slice(index);
  }

  /** Resolves when something has come after this entry, or `signal` ends the wait. */
  async next(place: number, signal: AbortSignal): Promise<void> {
    if (place !== this.#last || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#waiting.add(wake);
    signal.addEventListener('abort', wake);
    await promise;
    this.#waiting.delete(wake);
    signal.removeEventListener('abort', wake); // a stream lasts for days
  }

  clear(): void {
    this.#entries.length = 0;
    this.#bytes = 0;
  }
}
