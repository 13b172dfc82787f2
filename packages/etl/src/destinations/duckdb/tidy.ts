import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { messageOf } from '@sluice/core/errors/sluice-error';
import type { StepContext } from '../../model.ts';
import { bytesOf, findOldDrafts, type Removed, removeAll } from '../../stage/old-files.ts';
import { openWarehouse, temporaryFolder } from './open.ts';

/** Removes drafts of the file, and what a killed commit had spilled beside it. */
export async function tidyWarehouse(file: string, context: StepContext): Promise<Removed[]> {
  const isDraft = (name: string) => name.startsWith(`.${basename(file)}.`) && /\.new(\.wal)?$/.test(name);
  const removed = await removeAll(await findOldDrafts(dirname(file), isDraft), context);
  const spilled = await removeSpilled(file, context);
  return spilled ? [...removed, spilled] : removed;
}

/** Whoever opens the file for writing clears what a killed process has spilled: only then is it sure that nobody needs it. */
async function removeSpilled(file: string, { log, signal }: StepContext): Promise<Removed | null> {
  const path = temporaryFolder(file);
  if (!existsSync(path) || !existsSync(file)) return null;
  const bytes = await bytesOf(path);
  try {
    await openWarehouse({ file, access: 'write', waitMs: 0, signal }, async () => {});
  } catch (error) {
    log.info('left to the next sweep', { path, error: messageOf(error) });
    return null;
  }
  log.info('removed', { path, bytes });
  return { path, bytes };
}
