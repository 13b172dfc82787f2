import type { Client } from '@sluice/client';
import { toInstant, toMicros } from '@sluice/core/lib/time';
import type { Log } from '@sluice/core/model/log';
import { readLines } from '../find/log-lines.ts';

/** Lines may arrive out of order: so far back they are read again. */
const OVERLAP_MICROS = 5_000_000;

/** The log lines of a flow run, each once. */
export class LogReader {
  readonly #client: Client;
  readonly #id: string;
  readonly #first: number | undefined;
  readonly #seen = new Set<string>();
  #last: string | undefined;

  /** Begins with so many of the newest lines; undefined: with the first line of all. */
  constructor(client: Client, id: string, first: number | undefined) {
    this.#client = client;
    this.#id = id;
    this.#first = first;
  }

  /** Lines that the server has and `take` has not had, oldest first; some that it has had may be among them. */
  async read(signal: AbortSignal): Promise<Log[]> {
    const flow_run_id = { any_: [this.#id] };
    if (this.#last === undefined && this.#first !== undefined) {
      return (await readLines(this.#client, { flow_run_id }, { sort: 'TIMESTAMP_DESC', most: this.#first, signal })).reverse();
    }
    const timestamp = this.#last === undefined ? {} : { timestamp: { after_: toInstant(toMicros(this.#last) - OVERLAP_MICROS) } };
    const logs = { flow_run_id, ...timestamp };
    return readLines(this.#client, logs, { sort: 'TIMESTAMP_ASC', signal });
  }

  /** False for a line that it has had. */
  take({ id, timestamp }: Log): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    if (this.#last === undefined || toMicros(timestamp) > toMicros(this.#last)) this.#last = timestamp;
    return true;
  }
}
