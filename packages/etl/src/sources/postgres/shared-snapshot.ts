import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { SharedSnapshot } from '../../model.ts';
import { connectPostgres, type PostgresClient } from '../../postgres/connect.ts';
import { begin } from '../../postgres/transaction.ts';
import type { HeldSnapshot, SnapshotOptions } from '../source.ts';

/**
 * Sessions find the snapshot of their job by the name of the session that holds it: that name is there exactly as long as the
 * snapshot, whatever becomes of either, and needs no place outside of the source.
 */
const nameOf = (job: string): string => `sluice-snapshot ${createHash('sha256').update(job).digest('hex').slice(0, 16)} `;

/** The session that holds a snapshot open, and what it holds. */
interface Held {
  readonly client: PostgresClient;
  readonly snapshot: SharedSnapshot;
}

/** Exports a snapshot in a session of its own, and gives that its name. */
async function hold(url: string, job: string, signal: AbortSignal): Promise<Held> {
  const client = await connectPostgres(url, { signal });
  try {
    await begin(client);
    const { rows } = await client.query<{ id: string; taken_at: Date }>('select pg_export_snapshot() as id, now() as taken_at');
    const [row] = rows;
    if (!row) throw new Error('the server exported no snapshot');
    await client.query(`set local application_name = ${pg.escapeLiteral(`${nameOf(job)}${row.id}`)}`);
    return { client, snapshot: { id: row.id, taken_at: row.taken_at.toISOString() } };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

const HELD = `
  select substr(application_name, length($1) + 1) as id, xact_start as taken_at from pg_stat_activity
   where datname = current_database() and starts_with(application_name, $1) order by xact_start desc limit 1`;

/** The snapshot that is held for a job now. */
export async function findSnapshot(client: pg.Client, job: string): Promise<SharedSnapshot | undefined> {
  const { rows } = await client.query<{ id: string; taken_at: Date }>(HELD, [nameOf(job)]);
  const [row] = rows;
  return row && { id: row.id, taken_at: row.taken_at.toISOString() };
}

const AGAIN_MS = 1000;

/** Keeps one snapshot of a source for as long as a job reads it. When its session is lost it takes another one. */
export class SnapshotKeeper implements HeldSnapshot {
  readonly #url: string;
  readonly #options: SnapshotOptions;
  readonly #ended = new AbortController();
  #held: Held | undefined;

  private constructor(url: string, options: SnapshotOptions) {
    this.#url = url;
    this.#options = options;
  }

  static async open(url: string, options: SnapshotOptions): Promise<SnapshotKeeper> {
    const keeper = new SnapshotKeeper(url, options);
    await keeper.#take();
    return keeper;
  }

  get snapshot(): SharedSnapshot | undefined {
    return this.#held?.snapshot;
  }

  async #take(): Promise<void> {
    const held = await hold(this.#url, this.#options.job, this.#options.signal);
    if (this.#ended.signal.aborted) {
      await held.client.end().catch(() => {});
      return;
    }
    this.#held = held;
    held.client.once('end', () => void this.#lost());
  }

  async #lost(): Promise<void> {
    this.#held = undefined;
    if (this.#isOver()) return;
    this.#options.onLost('the session that held it has ended');
    while (!this.#held && !this.#isOver()) {
      await this.#take().catch(() => pause(AGAIN_MS, undefined, { signal: this.#ended.signal }).catch(() => {}));
    }
  }

  #isOver(): boolean {
    return this.#ended.signal.aborted || this.#options.signal.aborted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#held?.client.end().catch(() => {});
  }
}
