import type { Readable } from 'node:stream';
import { type Client, pause, sendLogs } from '@sluice/client';
import { safeText } from '@sluice/core/text/safe-text';
import { uuidv7 } from 'uuidv7';

const EVERY_MS = 500;
const AT_ONCE = 500;
/** Lines may wait for a server that is away; a run is not to run out of memory for what it prints. */
const WAITING = 10_000;
const LINE_BYTES = 32 * 1024;
const KEPT = 64 * 1024;

const LEVELS = { stdout: 20, stderr: 30 } as const;

interface Line {
  readonly id: string;
  readonly name: string;
  readonly level: number;
  readonly message: string;
  readonly timestamp: string;
  readonly flow_run_id: string;
}

/** What the process of a run prints: passed on to this program's own output, and written into the run's log, a line each. */
export class PrintedLines {
  readonly #client: Client;
  readonly #runId: string;
  readonly #stop = new AbortController();
  readonly #sending: Promise<void>;
  #lines: Line[] = [];
  #lost = 0;
  #complaints = '';

  constructor(client: Client, runId: string) {
    this.#client = client;
    this.#runId = runId;
    this.#sending = this.#send();
  }

  /** The last that it wrote to its standard error. */
  get complaints(): string {
    return this.#complaints;
  }

  follow(from: Readable, kind: keyof typeof LEVELS): void {
    let rest = '';
    from.setEncoding('utf8').on('data', (text: string) => {
      process[kind].write(text);
      if (kind === 'stderr') this.#complaints = (this.#complaints + text).slice(-KEPT);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      // A line without an end is cut, and not kept in memory.
      if (rest.length > LINE_BYTES) lines.push(rest);
      if (rest.length > LINE_BYTES) rest = '';
      for (const line of lines) this.#add(line, kind);
    });
    from.on('end', () => this.#add(rest, kind)).on('error', () => {});
  }

  #add(text: string, kind: keyof typeof LEVELS): void {
    if (text.trim() === '') return;
    if (this.#lines.length >= WAITING) this.#lost++;
    else this.#lines.push(this.#line(LEVELS[kind], text));
  }

  #line = (level: number, text: string): Line => ({
    id: uuidv7(),
    name: 'sluice.printed',
    level,
    message: safeText(text, LINE_BYTES),
    timestamp: new Date().toISOString(),
    flow_run_id: this.#runId,
  });

  async #send(): Promise<void> {
    while (!this.#stop.signal.aborted || this.#lines.length > 0) {
      await pause(EVERY_MS, this.#stop.signal).catch(() => {});
      await this.#sendSome();
    }
  }

  async #sendSome(): Promise<void> {
    const body = this.#lines.splice(0, AT_ONCE);
    if (this.#lost > 0)
      body.push(this.#line(LEVELS.stderr, `${this.#lost} lines that it printed were not kept: they came faster than the server took them.`));
    this.#lost = 0;
    // A run goes on without its log.
    if (body.length > 0) await sendLogs(this.#client, body).catch(() => {});
  }

  /** Sends what is left. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#sending;
  }
}
