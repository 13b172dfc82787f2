import { type Client, sendLogs } from '@sluice/client';
import { isPlainJson } from '@sluice/core/lib/json';
import { safeText } from '@sluice/core/text/safe-text';
import { uuidv7 } from 'uuidv7';
import type { Logger } from '../model/run.ts';
import { asText, show, tryTo } from '../text/show.ts';

/** Python's numbers, as Prefect stores them. */
const LEVELS = { debug: 10, info: 20, warn: 30, error: 40 } as const;
const NAMES: Readonly<Record<string, number>> = { DEBUG: 10, INFO: 20, WARNING: 30, WARN: 30, ERROR: 40, CRITICAL: 50 };

export const levelOf = (name: string): number => NAMES[name.toUpperCase()] ?? LEVELS.info;

interface Line {
  readonly id: string;
  readonly name: string;
  readonly level: number;
  readonly message: string;
  readonly timestamp: string;
  readonly flow_run_id: string | null;
  readonly task_run_id: string | null;
}

const FIELD_DEPTH = 20;
const FLUSH_MS = 500;
const FULL = 500;
/** The server takes messages of a million characters and batches of 8 MiB: a longer message is cut, a larger batch is sent in parts. */
const MAX_MESSAGE = 1_000_000;
const MAX_BATCH = 1_000_000;

/** Gathers lines and sends them in batches; what could not be sent is kept and sent with the next. */
export class LogShipper {
  readonly #client: Client;
  readonly #level: number;
  readonly #lines: Line[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(client: Client, level: number) {
    this.#client = client;
    this.#level = level;
  }

  logger(source: { name: string; label: string; flow_run_id: string | null; task_run_id: string | null }): Logger {
    const write = (level: keyof typeof LEVELS) => (message: string, fields?: object) =>
      this.#add(
        source,
        level,
        fields === undefined || fields === null ? asText(message, MAX_MESSAGE) : `${asText(message, MAX_MESSAGE)} ${describe(fields)}`,
      );
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  }

  #add(
    source: { name: string; label: string; flow_run_id: string | null; task_run_id: string | null },
    level: keyof typeof LEVELS,
    given: string,
  ): void {
    if (LEVELS[level] < this.#level) return;
    const timestamp = new Date().toISOString();
    const { name, flow_run_id, task_run_id } = source;
    const message = safeText(given, MAX_MESSAGE);
    this.#lines.push({ id: uuidv7(), name, level: LEVELS[level], message, timestamp, flow_run_id, task_run_id });
    process.stdout.write(`${timestamp.slice(11, 23)} | ${level.toUpperCase().padEnd(5)} | ${source.label} - ${message}\n`);
    if (this.#lines.length >= FULL) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Resolves when every line so far is stored. Called before a run's last state is proposed. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending = this.#sending.then(() => this.#send()).catch(() => {}); // what could not be sent is sent with the next
    return this.#sending;
  }

  async #send(): Promise<void> {
    while (this.#lines.length > 0) {
      const batch = firstBatch(this.#lines);
      await sendLogs(this.#client, batch);
      this.#lines.splice(0, batch.length);
    }
  }
}

/** As many lines as go into one request; one at least. */
function firstBatch(lines: readonly Line[]): Line[] {
  let size = 0;
  const end = lines.findIndex(({ message }, index) => {
    size += message.length;
    return index > 0 && (index === FULL || size > MAX_BATCH);
  });
  return lines.slice(0, end < 0 ? lines.length : end);
}

/** A line is written whatever its fields are: to log never fails. */
const describe = (fields: object): string =>
  tryTo(
    () =>
      Object.entries(fields)
        .map(([key, value]) => `${key}=${fieldText(value)}`)
        .join(' '),
    undefined,
  ) ?? show(fields);

const fieldText = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : (tryTo(() => (isPlainJson(value, FIELD_DEPTH) ? JSON.stringify(value) : show(value)), undefined) ?? show(value));
