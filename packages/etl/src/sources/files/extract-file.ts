import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { loadFolders } from '../../home.ts';
import type { Extract, StepContext, TablePlan, VerifyLevel } from '../../model.ts';
import { openEngine } from '../../stage/engine.ts';
import { extractParquet } from './extract-parquet.ts';
import { extractText } from './extract-text.ts';
import { faultOf } from './fault-of.ts';
import { expectPlannedFile } from './file-identity.ts';

export interface ExtractFileOptions {
  readonly folder: string;
  readonly plan: TablePlan;
  readonly load_id: string;
  readonly home: string;
  readonly verify: VerifyLevel;
  readonly context: StepContext;
}

/** Reads a planned file into Parquet parts on this machine; what cannot be kept exactly goes to quarantine with its line and reason. */
export async function extractFile({ folder, plan, load_id, home, verify, context }: ExtractFileOptions): Promise<Extract> {
  const started = performance.now();
  const file = join(folder, plan.from.name);
  await expectPlannedFile(file, plan);
  const folders = await emptyFolders(home, load_id);
  try {
    using engine = await openEngine(join(folders.spool, 'temp'), context.signal);
    const extraction = { plan, load_id, file, folders, verify, engine, context };
    const { notes, ...read } = plan.kind === 'parquet' ? await extractParquet(extraction) : await extractText(extraction);
    await expectPlannedFile(file, plan);
    return { load_id, plan: { ...plan, notes: [...plan.notes, ...notes] }, ...read, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    context.signal.throwIfAborted();
    throw explained(error, plan);
  } finally {
    await rm(folders.spool, { recursive: true, force: true });
  }
}

/** Folders of this load, without what an earlier try has left. */
async function emptyFolders(home: string, id: string): Promise<{ parts: string; spool: string }> {
  for (const folder of Object.values(await loadFolders(home, id))) await rm(folder, { recursive: true, force: true });
  return loadFolders(home, id);
}

function explained(error: unknown, { table }: TablePlan): unknown {
  if (isSluiceError(error)) return error;
  const message = messageOf(error);
  if (/ENOSPC|no space left/i.test(message)) {
    return new SluiceError('DISK_FULL', `The disk is full: ${table} could not be read into parts.`, {
      hint: 'Make room, then run the load again.',
      cause: error,
    });
  }
  return new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: ${faultOf(error)}.`, {
    hint: 'Check that the file is whole, then run the load again.',
    cause: error,
  });
}
