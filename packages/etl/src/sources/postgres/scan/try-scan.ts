import { availableParallelism } from 'node:os';
import { messageOf } from '@sluice/core/errors/sluice-error';
import { loadExtension, loadExtensionIfHere } from '../../../duckdb/extensions.ts';
import { isOnThisMachine } from '../../../postgres/same-machine.ts';
import { type Engine, roomFor } from '../../../stage/engine.ts';
import { type LaneQuestion, readersFor, whyNotScanned } from './choose-lane.ts';
import { type ScanDeps, type Scanned, scanTable } from './scan-table.ts';
import { ScanFailed, Scanner } from './scanner.ts';

export interface ScanRequest extends Omit<ScanDeps, 'scanner'>, Pick<LaneQuestion, 'asked' | 'layout'> {
  readonly engine: Engine;
}

/** A table that was not scanned, and why. What was begun and failed is told whether it was asked for or not. */
export interface NotScanned {
  readonly why: string;
  readonly failed?: true;
}

/** Reads a table by DuckDB's own reader, where that is here and keeps every value. Nothing is left of what came to no end but files. */
export async function tryScan(request: ScanRequest): Promise<Scanned | NotScanned> {
  const { engine, client, plan, layout, context } = request;
  const question = { ...request, server: client.server };
  const why = whyNotScanned(question);
  if (why !== null) return { why };
  if (!(await loadReader(request))) return { why: "DuckDB's extension postgres is not here" };
  await roomFor(engine, { rows: 0, longest: 0 }, plan.columns.length);
  const readers = readersFor(question, { cores: availableParallelism(), hasSource: isOnThisMachine(client) });
  // DuckDB's threads that have nothing to do ask for work without a pause, at a core each.
  await engine.connection.run(`set threads = ${readers}`);
  const scanner = await Scanner.open({ engine, client, readers, signal: context.signal });
  if (typeof scanner === 'string') return { why: scanner };
  await using open = scanner;
  try {
    const scanned = await scanTable({ ...request, scanner: open }, layout);
    open.done();
    return typeof scanned === 'string' ? { why: scanned } : scanned;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof ScanFailed)) throw error;
    context.log.warn('a scan has failed: the table is read by COPY', { table: plan.table, error: error.message });
    return { why: `the scan failed: ${error.message}`, failed: true };
  }
}

/** Fetched only for who asks for a scan. */
async function loadReader({ engine, asked, context }: ScanRequest): Promise<boolean> {
  if (asked === 'scan') {
    await loadExtension(engine.connection, 'postgres');
    return true;
  }
  try {
    return await loadExtensionIfHere(engine.connection, 'postgres');
  } catch (error) {
    context.log.warn("DuckDB's extension postgres is of no use: tables are read by COPY", { error: messageOf(error) });
    return false;
  }
}
