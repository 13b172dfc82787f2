import { messageOf } from '@sluice/core/errors/sluice-error';
import type { StepContext } from '../../model.ts';
import { type Removed, removeAll } from '../../stage/old-files.ts';
import { isNotThere } from './errors.ts';
import type { Lake } from './lake.ts';
import { openLake, type Place } from './open-lake.ts';
import { isOwnFile } from './own-files.ts';
import { isRemote } from './storage.ts';

/** Longer than any load takes: what a commit is writing is younger. */
const GRACE = '1 day';

/**
 * Removes files that killed commits have left: those that the catalog does not know and that are older than the grace time. Only files that
 * have the names of a lake's are touched, whoever put others beside them.
 */
export async function tidyLake(place: Place, context: StepContext, grace = GRACE): Promise<Removed[]> {
  try {
    return await openLake(place, { access: 'write', signal: context.signal }, (lake) => removeOrphans(lake, context, grace));
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isNotThere(error)) context.log.warn('the lake was not tidied', { error: messageOf(error) });
    return [];
  }
}

async function removeOrphans(lake: Lake, context: StepContext, grace: string): Promise<Removed[]> {
  const orphans = `ducklake_delete_orphaned_files('warehouse', older_than => now() - interval '${grace}'`;
  const paths = (await lake.rows<{ path: string }>(`from ${orphans}, dry_run => true)`)).map(({ path }) => path);
  const own = paths.filter(isOwnFile);
  if (!isRemote(lake.dataPath)) return await removeAll(own, context);
  if (own.length === 0) return [];
  if (own.length < paths.length) {
    context.log.warn('files of others are below the lake’s prefix: nothing was removed there', { first: paths.find((path) => !isOwnFile(path)) });
    return [];
  }
  const removed = await lake.rows<{ path: string }>(`from ${orphans})`);
  for (const { path } of removed) context.log.info('removed', { path });
  return removed.map(({ path }) => ({ path, bytes: 0 }));
}
