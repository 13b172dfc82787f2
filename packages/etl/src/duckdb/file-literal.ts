import { resolve, sep } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { literal } from '../types/sql.ts';

/** With one of these DuckDB's readers look for other files too; a class that holds one sign stands for that sign. */
const GLOB = /[*?[]/g;

/** Absolute, and with `/`: neither a scheme, nor a drive, nor the home of somebody can stand at its beginning. */
const whole = (path: string): string => (sep === '\\' ? resolve(path).replaceAll(sep, '/') : resolve(path));

/** A file that a reader of DuckDB opens: this one and no other, whatever signs its path has. */
export function fileToRead(path: string): string {
  const file = whole(path);
  const escaped = file.replaceAll(GLOB, '[$&]');
  // Behind a sign that is looked for, DuckDB takes a backslash for the end of a folder's name.
  if (escaped !== file && file.includes('\\')) throw unreadable(file);
  return literal(escaped);
}

export const filesToRead = (paths: readonly string[]): string => `[${paths.map(fileToRead).join(', ')}]`;

/** A file that DuckDB writes or attaches. There it takes a path as it is. */
export const fileToWrite = (path: string): string => literal(whole(path));

const unreadable = (file: string): SluiceError =>
  new SluiceError('TABLE_UNREADABLE', `DuckDB cannot open ${file}: the path holds a backslash beside one of the signs * ? [.`, {
    hint: 'Give the file, or the folder, another name.',
    lasting: true,
  });
