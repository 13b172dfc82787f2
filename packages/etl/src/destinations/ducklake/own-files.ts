import { rm } from 'node:fs/promises';
import { messageOf } from '@sluice/core/errors/sluice-error';
import { isRemote } from './storage.ts';

/** As DuckLake calls the files that it writes. */
const NAME = 'ducklake-[\\da-f-]{36}[\\w.-]*\\.parquet';
const OWN = new RegExp(`/${NAME}$`);
const NAMED = new RegExp(`/[^"\\n]*/${NAME}`, 'g');

export const isOwnFile = (path: string): boolean => OWN.test(path);

/**
 * Removes the file that could not be written to its end. DuckLake leaves it, and the disk would stay full for a day. It is the one that the
 * error names, and no other: beside it another load may be writing.
 */
export async function removeTorn(error: unknown, dataPath: string): Promise<void> {
  if (isRemote(dataPath)) return;
  const said = [messageOf(error), messageOf((error as Error).cause ?? '')].join('\n');
  const torn = [...said.matchAll(NAMED)].map(([path]) => path).filter((path) => path.startsWith(dataPath));
  await Promise.all(torn.map((path) => rm(path, { force: true }).catch(() => {})));
}
