import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { etlPaths, loadFolders } from '../../home.ts';
import type { Extract } from '../../model.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { withSession } from '../../postgres/session.ts';
import { sourceError } from '../../postgres/source-error.ts';
import type { Dialect } from '../../postgres/types/shapes.ts';
import { openEngine } from '../../stage/engine.ts';
import { sealSums } from '../../types/table-sums.ts';
import type { Extraction } from '../source.ts';
import { ChunkQueries } from './chunk-queries.ts';
import { type Layout, layOut } from './chunks.ts';
import type { SnapshotRequest } from './join-snapshot.ts';
import { mayHoldLarge, sizedColumns } from './large-values.ts';
import { Quarantine } from './quarantine.ts';
import { ChunkReader } from './read-chunks.ts';
import { beginReading } from './reading.ts';
import type { Relation } from './relations.ts';
import { tryScan } from './scan/try-scan.ts';

export interface PostgresExtraction extends Omit<Extraction, 'planAnew'> {
  readonly url: string;
  readonly snapshot?: Omit<SnapshotRequest, 'signal'> | undefined;
  /** Rows with larger values go to quarantine. Default 256 MB. */
  readonly maxValueBytes?: number;
}

const MAX_VALUE_BYTES = 256 * 2 ** 20;
/** Up to so many bytes of parts an engine is as good as new. */
const SMALL_BYTES = 8 * 2 ** 20;

/** Reads a planned table into Parquet parts, in one transaction, with the sums of exactly the rows that are in them. */
export async function extractPostgresTable(request: PostgresExtraction): Promise<Extract> {
  const { url, plan, load_id, home, context } = request;
  const started = performance.now();
  await removeFolders(home, load_id);
  return await withSession(url, context.signal, async (client) => {
    const folders = await loadFolders(home, load_id);
    try {
      const read = await readTable(client, request, folders);
      return { load_id, ...read, seconds: (performance.now() - started) / 1000 };
    } catch (error) {
      await removeFolders(home, load_id);
      context.signal.throwIfAborted();
      throw sourceError(error, client, plan.table);
    } finally {
      await rm(folders.spool, { recursive: true, force: true });
    }
  });
}

/** What an earlier try of this load has left. */
async function removeFolders(home: string, loadId: string): Promise<void> {
  const { parts, spool } = etlPaths(home);
  await Promise.all([parts, spool].map((folder) => rm(join(folder, loadId), { recursive: true, force: true })));
}

async function readTable(
  client: PostgresClient,
  request: PostgresExtraction,
  folders: { parts: string; spool: string },
): Promise<Omit<Extract, 'load_id' | 'seconds'>> {
  const { plan: planned, load_id, context } = request;
  using engine = await openEngine(join(folders.spool, 'temp'), context.signal);
  const quarantine = await Quarantine.create(engine, load_id, planned.table);
  const shared = request.snapshot && { ...request.snapshot, signal: context.signal };
  const { relation, plan, snapshot } = await beginReading(client, planned, shared);
  const { layout, queries } = await prepare(client, relation, { ...request, plan });
  const scanned = await tryScan({ engine, client, queries, plan, layout, context, asked: request.lane, folder: folders.parts });
  if ('parts' in scanned) {
    const { parts, sums } = scanned;
    await client.query('commit');
    context.progress({ done: sums.rows, total: sums.rows, label: 'rows' });
    engine.keep();
    return {
      plan: { ...plan, notes: [...plan.notes, ...remarksOf(scanned, queries)] },
      ...(snapshot && { snapshot }),
      ...{ lane: 'scan', parts, rows_read: sums.rows, rows_quarantined: 0, quarantine_file: null, sums: sealSums(sums) },
    };
  }
  await removeParts(folders);
  const notScanned = scanned.failed || request.lane === 'scan' ? [`It was read by COPY and not by a scan: ${scanned.why}.`] : [];
  const reader = new ChunkReader({ client, engine, quarantine, queries, plan, folders, context });
  try {
    await reader.readAll(layout);
    await client.query('commit');
    const bad = await quarantine.write(join(folders.parts, 'quarantine.parquet'));
    const { sums } = reader;
    context.progress({ done: sums.rows, total: sums.rows, label: 'rows' });
    // One that has had more to do may hold on to memory, which the commit needs.
    if (!scanned.failed && reader.parts.reduce((sum, { bytes }) => sum + bytes, 0) < SMALL_BYTES) engine.keep();
    return {
      plan: { ...plan, notes: [...plan.notes, ...notScanned, ...remarksOf(reader, queries)] },
      ...(snapshot && { snapshot }),
      lane: 'copy',
      parts: reader.parts,
      rows_read: sums.rows + quarantine.rows,
      rows_quarantined: quarantine.rows,
      quarantine_file: bad?.file ?? null,
      sums: sealSums(sums),
    };
  } finally {
    engine.connection.interrupt();
    await reader.ended();
  }
}

/** Of a scan that came to no end. */
async function removeParts({ parts }: { parts: string }): Promise<void> {
  const files = await readdir(parts);
  await Promise.all(files.map((name) => rm(join(parts, name), { force: true })));
}

const remarksOf = ({ remarks: counts }: { readonly remarks: readonly number[] }, { remarks }: ChunkQueries): string[] =>
  remarks.flatMap(({ column, reason }, index) =>
    counts[index] ? [`Column ${column}: ${reason} (${counts[index]} ${counts[index] === 1 ? 'row' : 'rows'}).`] : [],
  );

async function prepare(client: PostgresClient, relation: Relation, { plan, verify, maxValueBytes: limit = MAX_VALUE_BYTES }: PostgresExtraction) {
  const layout = await layOut(client, relation, plan);
  const sized = mayHoldLarge(layout.toast_bytes, limit) ? sizedColumns(plan.columns, limit) : [];
  return { layout, queries: new ChunkQueries({ plan, dialect: dialectOf(client, layout), verify, sized, limit }) };
}

const dialectOf = ({ server: { version, encoding } }: PostgresClient, { toast_bytes }: Layout): Dialect => ({
  version,
  utf8: encoding === 'UTF8' || encoding === 'SQL_ASCII',
  toasted: (toast_bytes ?? 0) > 0,
});
