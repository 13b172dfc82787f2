import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { listFiles } from '@sluice/etl';
import { expectKnownScheme, folderOf, isDatabase } from '@sluice/etl/source-kinds';
import { sourceUrl } from '@sluice/etl/source-url';

const HINT = 'Give a folder with CSV, NDJSON or Parquet files, or a URL such as postgres://user@host/database.';

const wrong = (message: string, hint = HINT): SluiceError => new SluiceError('USAGE', message, { hint });

/** Refuses a `--source` that cannot be one, whatever answers there. The text may hold a password, so it is not repeated. */
export async function checkSource(text: string): Promise<void> {
  if (text.trim() === '') throw wrong('The source is empty.');
  expectKnownScheme(text);
  if (!isDatabase(text)) return checkFolder(text);
  const kind = sourceUrl(text).look(text);
  if (kind === 'unreadable') throw wrong('The URL of the source cannot be read.', 'Write it as postgres://user@host:5432/database.');
  if (kind === 'without one') return;
  throw wrong(
    'Everybody on this machine can see a password in an argument.',
    'Leave it out of the URL: it is taken from PGPASSWORD or ~/.pgpass, or asked for.',
  );
}

/** As libpq takes it too: `host=localhost dbname=shop`. */
const WORDS = /(?:^|\s)(?:host|hostaddr|port|dbname|user|password|service)\s*=/;

async function checkFolder(text: string): Promise<void> {
  const folder = resolve(folderOf(text));
  const info = await stat(folder).catch(() => undefined);
  // A folder with nothing to read is reported before anything is started.
  if (info?.isDirectory()) return void (await listFiles(folder));
  if (!info && WORDS.test(text)) throw wrong('A database must be named by a URL.', 'Write it as postgres://user@host:5432/database.');
  if (info || /[*?]/.test(text)) throw wrong(`${folder} is ${info ? 'a file' : 'a pattern'}, not a folder.`, oneTable(folder));
  throw wrong(`There is no folder ${folder}.`);
}

const oneTable = (path: string): string =>
  `Name the folder, and the files that make the table: --source ${dirname(path)} --table 'orders=${basename(path)}'`;
