import { stat } from 'node:fs/promises';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FilePlan, TablePlan } from '../../model.ts';
import { faultOf } from './fault-of.ts';

/** By what a file is known again. */
export async function identityOf(path: string): Promise<Pick<FilePlan, 'bytes' | 'modified_ms'>> {
  const { size, mtimeMs } = await stat(path);
  return { bytes: size, modified_ms: mtimeMs };
}

/** A file that is not what was planned would be read with the types of another one, or half old and half new. */
export async function expectPlannedFile(path: string, { table, from, file }: TablePlan): Promise<void> {
  const now = await identityOf(path).catch((error: unknown) => {
    throw new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: ${faultOf(error)}.`, {
      hint: 'Put the file back, then run the load again.',
      cause: error,
    });
  });
  if (now.bytes === file?.bytes && now.modified_ms === file.modified_ms) return;
  throw new SluiceError('TABLE_UNREADABLE', `${from.name} has changed since it was planned.`, {
    hint: 'Wait until nobody writes to it, then start a new run: it plans the file anew.',
  });
}
