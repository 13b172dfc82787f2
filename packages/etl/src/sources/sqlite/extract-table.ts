import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { loadFolders } from '../../home.ts';
import type { Extract, TablePlan } from '../../model.ts';
import { describeChanges } from '../../names/describe-changes.ts';
import { openEngine } from '../../stage/engine.ts';
import { writePart } from '../../stage/part.ts';
import { QuarantineSpool } from '../../stage/quarantine-spool.ts';
import { literal } from '../../types/sql.ts';
import { sealSums } from '../../types/table-sums.ts';
import type { Extraction } from '../source.ts';
import { tableError } from './errors.ts';
import { measureTable } from './measure.ts';
import { dataVersion, openSqlite, type SqliteFile } from './open.ts';
import { markOfNow } from './plan-table.ts';
import { attach, detach, readParts } from './read-parts.ts';
import { readRelation } from './relations.ts';

type Folders = Awaited<ReturnType<typeof loadFolders>>;

/** Times that a file which is written to is read as it stands; then a copy of it is read. */
const TRIES = 3;

/**
 * Reads a table of a file into parts. Its rows are summed by node:sqlite, and read by DuckDB: two readers, which see the same only as long
 * as nobody has changed the file, and whether somebody has is asked at the end.
 */
export async function extractSqliteTable(path: string, extraction: Extraction): Promise<Extract> {
  const { plan, load_id, home, context } = extraction;
  const started = performance.now();
  for (let tries = 1; ; tries++) {
    const folders = await emptyFolders(home, load_id);
    try {
      const source = tries > TRIES ? copyOf(path, folders) : path;
      const read = await readOnce(source, extraction, folders);
      const notes = source === path ? [] : ['The file is written to all the time: it was read from a copy that was made of one state of it.'];
      if (read)
        return { load_id, ...read, plan: { ...read.plan, notes: [...read.plan.notes, ...notes] }, seconds: (performance.now() - started) / 1000 };
      context.log.warn('read again', { table: plan.table, reason: 'the file was changed meanwhile' });
    } catch (error) {
      await rm(folders.parts, { recursive: true, force: true });
      context.signal.throwIfAborted();
      throw tableError(error, path, plan.table);
    } finally {
      await rm(folders.spool, { recursive: true, force: true });
    }
  }
}

/** Undefined where the file was changed meanwhile. */
async function readOnce(path: string, extraction: Extraction, folders: Folders): Promise<Omit<Extract, 'load_id' | 'seconds'> | undefined> {
  const { load_id, verify, context } = extraction;
  context.signal.throwIfAborted();
  using file = openSqlite(path);
  const version = dataVersion(file);
  const planned = await planOfNow(file, extraction);
  const rowid = readRelation(file, planned.from.name)?.rowid ?? null;
  let quarantine: QuarantineSpool | undefined;
  const newQuarantine = async () => {
    await quarantine?.close();
    quarantine = new QuarantineSpool(join(folders.spool, 'quarantine.ndjson'), load_id, planned.table);
    return quarantine;
  };
  try {
    using engine = await openEngine(join(folders.spool, 'temp'), context.signal);
    await attach(engine, path);
    const measured = await measureTable(file, { plan: planned, rowid, verify, quarantine: newQuarantine, context });
    const { parts, isAsMeasured } = await readParts({ path, measured, rowid, engine, folder: folders.parts, context });
    await detach(engine);
    if (dataVersion(file) !== version) return undefined;
    if (!isAsMeasured) throw restless(planned);
    const bad = await quarantine?.close();
    const quarantined = quarantine?.rows ?? 0;
    return {
      plan: measured.plan,
      parts,
      rows_read: measured.sums.rows + quarantined,
      rows_quarantined: quarantined,
      quarantine_file: bad ? (await writePart(engine, bad, join(folders.parts, 'quarantine.parquet'))).file : null,
      sums: sealSums(measured.sums),
    };
  } finally {
    await quarantine?.close();
  }
}

/** The plan that was made before, as long as it holds. */
async function planOfNow(file: SqliteFile, { plan, planAnew }: Extraction): Promise<TablePlan> {
  const now = markOfNow(file, plan.from.name);
  if (!now) throw gone(plan);
  const changes = plan.mark ? describeChanges(plan.mark, now) : [];
  if (changes.length === 0) return plan;
  const anew = await planAnew();
  return { ...anew, notes: [...anew.notes, `It was planned again when it was read: ${changes.join(', ')}.`] };
}

/** One state of the file, which nobody changes. */
function copyOf(path: string, folders: Folders): string {
  const copy = join(folders.spool, 'copy.db');
  using file = openSqlite(path);
  file.database.exec(`vacuum into ${literal(copy)}`);
  return copy;
}

/** Folders of this load, without what an earlier try has left. */
async function emptyFolders(home: string, id: string): Promise<Folders> {
  for (const folder of Object.values(await loadFolders(home, id))) await rm(folder, { recursive: true, force: true });
  return await loadFolders(home, id);
}

const gone = ({ table }: TablePlan) =>
  new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: it has disappeared since it was planned.`, {
    hint: 'Check what became of it in the source, and start the load again.',
    lasting: true,
  });

const restless = ({ table }: TablePlan) =>
  new SluiceError('TABLE_UNVERIFIED', `${table} returns different rows when it is read twice, though nobody has changed the file.`, {
    hint: 'A view of the clock, or of random numbers, cannot be verified: keep its rows in a table, or leave it out.',
  });
