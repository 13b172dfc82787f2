import { join } from 'node:path';
import { messageOf } from '@sluice/core/errors/sluice-error';
import type { ColumnPlan, Part } from '../../../model.ts';
import { connectBeside, type PostgresClient } from '../../../postgres/connect.ts';
import { settingsAsSelect } from '../../../postgres/transaction.ts';
import type { Engine } from '../../../stage/engine.ts';
import { partName, writePart } from '../../../stage/part.ts';
import { literal } from '../../../types/sql.ts';
import type { Chunk } from '../chunks.ts';
import { scanList, scannedList } from '../types/scanned.ts';
import { createSecret } from './libpq-options.ts';

export interface ScannerDeps {
  readonly engine: Engine;
  /** In the transaction whose snapshot is read. */
  readonly client: PostgresClient;
  /** Sessions that read side by side. */
  readonly readers: number;
  readonly signal: AbortSignal;
}

/** What the session says of itself: its snapshot, for others to read in. */
interface Exported {
  readonly snapshot: string;
  readonly pid: number;
  readonly look: string | null;
}

/** The reader's own failure: the transaction in whose snapshot it reads is as good as before. */
export class ScanFailed extends Error {}

const SECRET = 'sluice_scan';

/**
 * DuckDB's own reader of PostgreSQL, with sessions of its own in the snapshot of a transaction of ours, and with its settings. Our
 * transaction takes no part in the reading: the sums that it makes share nothing with this.
 */
export class Scanner implements AsyncDisposable {
  readonly #with: ScannerDeps;
  readonly #names: readonly string[];
  readonly #pids: number[] = [];
  readonly #stop = () => {
    this.#stopped ??= this.#terminate();
  };
  #stopped: Promise<void> | undefined;
  #isDone = false;

  private constructor(deps: ScannerDeps) {
    this.#with = deps;
    this.#names = Array.from({ length: deps.readers }, (_, index) => `scan_${index + 1}`);
    deps.signal.addEventListener('abort', this.#stop);
  }

  /** The scanner, or why there can be none: the table is read otherwise then. */
  static async open(deps: ScannerDeps): Promise<Scanner | string> {
    const exported = await exportSnapshot(deps.client);
    if (!isOwn(deps.client, exported)) return 'a pool stands between, and its transactions share no snapshot';
    const scanner = new Scanner(deps);
    try {
      await scanner.#begin(exported);
      return scanner;
    } catch (error) {
      await scanner[Symbol.asyncDispose]();
      deps.signal.throwIfAborted();
      return `DuckDB gets no session: ${firstLine(error)}`;
    }
  }

  async #begin({ snapshot, look }: Exported): Promise<void> {
    const { engine, client } = this.#with;
    await engine.connection.run(createSecret(SECRET, client));
    for (const name of this.#names) await engine.connection.run(`attach '' as ${name} (type postgres, read_only, secret ${SECRET})`);
    await engine.connection.run('begin');
    const set = `select pg_backend_pid() as pid, concat(${settingsAsSelect(client, look).join(', ')}) as made`;
    for (const name of this.#names) {
      // The first statement of its transaction: behind any other the server takes no snapshot.
      await engine.connection.run(`call postgres_execute('${name}', ${literal(`set transaction snapshot ${literal(snapshot)}`)})`);
      const made = await engine.connection.runAndReadAll(`from postgres_query('${name}', ${literal(set)})`);
      this.#pids.push(Number(made.getRowsJson()[0]?.[0]));
    }
    this.#with.signal.throwIfAborted();
  }

  /** Reads a chunk, half of it by each session where there are two. */
  async writePart(columns: readonly ColumnPlan[], chunk: Chunk, folder: string): Promise<Part> {
    const list = scanList(columns);
    const pieces = divide(chunk, this.#names.length).map(({ from, conditions }, index) => {
      const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
      return `from postgres_query('${this.#names[index]}', ${literal(`select ${list} from ${from}${where}`)})`;
    });
    const query = `select ${scannedList(columns)} from (${pieces.join(' union all ')})`;
    return await writePart(this.#with.engine, query, join(folder, partName(chunk.number))).catch((error: unknown) => {
      throw new ScanFailed(firstLine(error));
    });
  }

  /** All is read: there is nothing to stop. */
  done(): void {
    this.#isDone = true;
  }

  /** On the server, at once: a reader that waits for rows hears of no interrupt, and a rollback would wait for all that it still sends. */
  async #terminate(): Promise<void> {
    if (this.#pids.length === 0) return;
    const { client } = this.#with;
    const beside = await connectBeside(client).catch(() => undefined);
    await beside?.query(TERMINATE, [this.#pids, client.applicationName]).catch(() => {});
    await beside?.end().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { engine, signal } = this.#with;
    signal.removeEventListener('abort', this.#stop);
    if (!this.#isDone) this.#stop();
    await this.#stopped;
    const run = (sql: string) => engine.connection.run(sql).catch(() => {});
    await run('rollback');
    for (const name of this.#names) await run(`detach database if exists ${name}`);
    await run(`drop secret if exists ${SECRET}`);
  }
}

const TERMINATE = 'select pg_terminate_backend(pid) from pg_stat_activity where pid = any($1) and application_name = $2';

async function exportSnapshot(client: PostgresClient): Promise<Exported> {
  const { rows } = await client.query<Exported>(
    `select pg_export_snapshot() as snapshot, pg_backend_pid() as pid, current_setting('client_connection_check_interval', true) as look`,
  );
  return rows[0] as Exported;
}

/** Behind a pool the process that answers is not the one that the session was told of. */
const isOwn = (client: PostgresClient, { pid }: Exported): boolean => (client as unknown as { processID: number | null }).processID === pid;

/** Parts of a chunk by its pages, as many as there are readers for. */
function divide(chunk: Chunk, readers: number): Pick<Chunk, 'from' | 'conditions'>[] {
  const [first, behind] = chunk.pages ?? [0, 0];
  if (readers === 1 || behind - first < readers) return [chunk];
  const middle = `'(${Math.floor((first + behind) / 2)},0)'`;
  return [`ctid < ${middle}`, `ctid >= ${middle}`].map((half) => ({ from: chunk.from, conditions: [...chunk.conditions, half] }));
}

const firstLine = (error: unknown): string => (messageOf(error).split('\n')[0] ?? '').slice(0, 300);
