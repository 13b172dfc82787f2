import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { sqliteError } from './errors.ts';

/** How long a writer is waited for. */
const BUSY_MS = 5000;

/** A file of SQLite that is looked at, and never changed. */
export interface SqliteFile extends Disposable {
  readonly path: string;
  readonly database: DatabaseSync;
}

export function openSqlite(path: string): SqliteFile {
  expectFile(path);
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS, allowExtension: false, enableDoubleQuotedStringLiterals: true });
    // It reads the file, which opening does not.
    database.prepare('select count(*) from sqlite_schema').get();
    return { path, database, [Symbol.dispose]: () => database.close() };
  } catch (error) {
    throw sqliteError(error, path);
  }
}

function expectFile(path: string): void {
  const facts = existsSync(path) ? statSync(path) : undefined;
  if (facts?.isFile() && facts.size > 0) return;
  const says = facts === undefined ? `There is no file ${path}.` : `${path} is ${facts.isFile() ? 'an empty file' : 'not a file'}.`;
  throw new SluiceError('SOURCE_UNREACHABLE', says, {
    hint: 'Name the file of the database by its path from the root: sqlite:///srv/shop.db.',
    lasting: true,
  });
}

/** A number that changes when anybody else has changed the file. */
export const dataVersion = ({ database }: SqliteFile): number => Number(database.prepare('pragma data_version').get()?.['data_version']);
