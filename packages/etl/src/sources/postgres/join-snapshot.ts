import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { SharedSnapshot } from '../../model.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { begin } from '../../postgres/transaction.ts';
import { findSnapshot } from './shared-snapshot.ts';

/** Whose snapshot a table is to be read in. */
export interface SnapshotRequest {
  /** Id of the job's flow run. */
  readonly job: string;
  readonly signal: AbortSignal;
  /** How long one is waited for where nobody holds any, the job being moved to another worker, say. Default: a minute. */
  readonly waitSeconds?: number | undefined;
}

const WAIT_SECONDS = 60;
const AGAIN_MS = 500;

/** Begins a transaction in the snapshot that is held for a job; undefined, and no transaction, when there is none for too long. */
export async function joinSnapshot(
  client: PostgresClient,
  { job, signal, waitSeconds = WAIT_SECONDS }: SnapshotRequest,
): Promise<SharedSnapshot | undefined> {
  const until = performance.now() + waitSeconds * 1000;
  for (;;) {
    const snapshot = await findSnapshot(client, job);
    if (snapshot && (await tryBegin(client, snapshot))) return snapshot;
    if (performance.now() >= until) return undefined;
    await pause(AGAIN_MS, undefined, { signal });
  }
}

/** False when the one who held the snapshot has just gone. */
async function tryBegin(client: PostgresClient, { id }: SharedSnapshot): Promise<boolean> {
  try {
    await begin(client, { snapshot: id });
    return true;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !GONE.has(error.code ?? '')) throw error;
    await client.query('rollback');
    return false;
  }
}

/** No such snapshot; one whose transaction is over. */
const GONE = new Set(['22023', '42704', '55000']);
