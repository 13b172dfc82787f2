import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { SourceUrl } from '../source.ts';

/** The URL of a file of SQLite: nothing in it is a secret. */
export const sqliteUrl: SourceUrl = {
  look: (text) => (readPath(text) === undefined ? 'unreadable' : 'without one'),
  complete: (text) => Promise.resolve(text),
};

/** The path of the file. */
export function sqlitePath(url: string): string {
  const path = readPath(url);
  if (path !== undefined) return path;
  throw new SluiceError('SOURCE_UNREACHABLE', 'The URL of the source cannot be read.', {
    hint: 'A file of SQLite is named by its path from the root: sqlite:///srv/shop.db.',
    lasting: true,
  });
}

/** `sqlite:///srv/shop.db`, and signs such as % as in any URL. */
function readPath(url: string): string | undefined {
  const rest = /^sqlite:\/\/(\/.+)$/is.exec(url)?.[1];
  if (rest === undefined) return undefined;
  try {
    const path = fileURLToPath(`file://${rest.replaceAll('?', '%3F').replaceAll('#', '%23')}`);
    return isAbsolute(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
