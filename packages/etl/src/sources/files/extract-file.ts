import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { readParquet } from '../../duckdb/readers.ts';
import { loadFolders } from '../../home.ts';
import type { Extract, TablePlan } from '../../model.ts';
import { openEngine } from '../../stage/engine.ts';
import { writePart } from '../../stage/part.ts';
import { isDiskFull, noRoomForParts } from '../no-room.ts';
import type { Extraction } from '../source.ts';
import { extractParquet } from './extract-parquet.ts';
import { extractText } from './extract-text.ts';
import { asTable, type FileExtraction, type ReadFile } from './extraction.ts';
import { faultOf } from './fault-of.ts';
import { expectPlannedFiles } from './file-identity.ts';
import { membersOf } from './plan-many.ts';
import { sumsOf } from './sums-of.ts';
import { WrongGuess, widenTypes } from './widen-types.ts';

export interface ExtractFileOptions extends Omit<Extraction, 'planAnew' | 'snapshot'> {
  readonly folder: string;
}

/**
 * Reads a planned file into Parquet parts on this machine; what cannot be kept exactly goes to quarantine with its line and reason. A
 * guess of types that proves wrong is made again, by all of its file, and the plan of the extract is the one that was read with.
 */
export async function extractFile(options: ExtractFileOptions): Promise<Extract> {
  const started = performance.now();
  const read = await extractBy(options.plan, options);
  return { ...read, seconds: (performance.now() - started) / 1000 };
}

/** Once for each file of the table at most: a guess that was made by all of a file is not wrong. */
async function extractBy(plan: TablePlan, options: ExtractFileOptions, guesses = 0): Promise<Omit<Extract, 'seconds'>> {
  try {
    return await extractPlanned({ ...options, plan });
  } catch (error) {
    if (!(error instanceof WrongGuess) || guesses >= membersOf(plan).length) throw error;
    options.context.log.warn('types guessed again', { table: plan.table, line: error.line, reason: error.fault.reason });
    return extractBy(await widenTypes(plan, options.folder, error), options, guesses + 1);
  }
}

async function extractPlanned({ folder, plan, load_id, home, verify, context }: ExtractFileOptions): Promise<Omit<Extract, 'seconds'>> {
  await expectPlannedFiles(folder, plan);
  const folders = await emptyFolders(home, load_id);
  try {
    using engine = await openEngine(join(folders.spool, 'temp'), context.signal);
    const common = { whole: plan, load_id, verify, engine, context };
    const files: ReadFile[] = [];
    for (const [member, own] of membersOf(plan).entries()) {
      const spool = join(folders.spool, String(member));
      await mkdir(spool);
      const parts_before = files.reduce((sum, { parts }) => sum + parts.length, 0);
      const file = { ...common, plan: own, member, parts_before, file: join(folder, own.from.name), folders: { parts: folders.parts, spool } };
      files.push(await (plan.kind === 'parquet' ? extractParquet(file) : extractText(file)));
    }
    const read = await together(common, folders.parts, files);
    await expectPlannedFiles(folder, plan);
    const { notes, ...rows } = read;
    return { load_id, plan: { ...plan, notes: [...plan.notes, ...files.flatMap((file) => file.notes), ...notes] }, ...rows };
  } catch (error) {
    context.signal.throwIfAborted();
    throw explained(error, plan);
  } finally {
    await rm(folders.spool, { recursive: true, force: true });
  }
}

type TableExtraction = Pick<FileExtraction, 'whole' | 'load_id' | 'verify' | 'engine' | 'context'>;

/** What was read of all files of a table. */
async function together(common: TableExtraction, parts: string, files: readonly ReadFile[]) {
  const members = membersOf(common.whole);
  const again = files.map((read, index) => asTable({ plan: members[index] ?? common.whole, whole: common.whole }, read.again));
  const bad = files.flatMap(({ quarantine_file }) => quarantine_file ?? []);
  return {
    parts: files.flatMap((read) => read.parts),
    rows_read: files.reduce((sum, { rows_read }) => sum + rows_read, 0),
    rows_quarantined: files.reduce((sum, { rows_quarantined }) => sum + rows_quarantined, 0),
    quarantine_file:
      bad.length > 1 ? (await writePart(common.engine, `from ${readParquet(bad)}`, join(parts, 'quarantine.parquet'))).file : (bad[0] ?? null),
    ...(await sumsOf(common, again.join(' union all '))),
  };
}

/** Folders of this load, without what an earlier try has left. */
async function emptyFolders(home: string, id: string): Promise<{ parts: string; spool: string }> {
  for (const folder of Object.values(await loadFolders(home, id))) await rm(folder, { recursive: true, force: true });
  return loadFolders(home, id);
}

/** What the system says of a disk may be otherwise at the next try; what is said of a file's content is not. */
const mayPass = (error: unknown): boolean =>
  typeof (error as NodeJS.ErrnoException | undefined)?.syscall === 'string' || /^(IO|Out of Memory|Interrupt) Error/i.test(messageOf(error));

function explained(error: unknown, { table }: TablePlan): unknown {
  if (isSluiceError(error) || error instanceof WrongGuess) return error;
  if (isDiskFull(messageOf(error))) return noRoomForParts(table, error);
  return new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: ${faultOf(error)}.`, {
    hint: 'Check that the file is whole, then run the load again.',
    cause: error,
    lasting: !mayPass(error),
  });
}
