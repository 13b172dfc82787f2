import { open, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { listFiles, remoteSource } from '@sluice/etl';
import { remoteNameFault } from '@sluice/etl/remote-url';
import { expectKnownScheme, factsOf, folderOf, isDatabase, isRemote, kindOf } from '@sluice/etl/source-kinds';
import { sourceUrl } from '@sluice/etl/source-url';

const HINT =
  'Give a folder with CSV, NDJSON or Parquet files, or a URL such as postgres://user@host/database, sqlite:///srv/shop.db or s3://bucket/folder.';

const wrong = (message: string, hint = HINT): SluiceError => new SluiceError('USAGE', message, { hint });

/** Refuses a `--source` that cannot be one, whatever answers there. The text may hold a password, so it is not repeated. */
export async function checkSource(text: string, hasTables = false): Promise<void> {
  if (text.trim() === '') throw wrong('The source is empty.');
  expectKnownScheme(text);
  if (isRemote(text)) return checkRemote(text, hasTables);
  if (!isDatabase(text)) return checkFolder(text);
  const { example, password } = factsOf(kindOf(text));
  const look = sourceUrl(text).look(text);
  if (look === 'unreadable') throw wrong('The URL of the source cannot be read.', `Write it as ${example}.`);
  if (look === 'without one') return;
  throw wrong('Everybody on this machine can see a password in an argument.', `Leave it out of the URL: it is taken from ${password}, or asked for.`);
}

/** Whether the files are there is seen by whoever reads them: they may be out of reach from here. */
async function checkRemote(text: string, hasTables: boolean): Promise<void> {
  const fault = remoteNameFault(text);
  if (fault) throw wrong(fault.message, fault.hint);
  // A web server lists nothing, and is not asked.
  if (kindOf(text) === 'web' && !hasTables) await remoteSource(text, '').list({ signal: new AbortController().signal });
}

/** As libpq takes it too: `host=localhost dbname=shop`. */
const WORDS = /(?:^|\s)(?:host|hostaddr|port|dbname|user|password|service)\s*=/;

async function checkFolder(text: string): Promise<void> {
  const folder = resolve(folderOf(text));
  const info = await stat(folder).catch(() => undefined);
  // A folder with nothing to read is reported before anything is started.
  if (info?.isDirectory()) return void (await listFiles(folder));
  if (!info && WORDS.test(text)) throw wrong('A database must be named by a URL.', 'Write it as postgres://user@host:5432/database.');
  if (info && (await isSqlite(folder))) throw wrong(`${folder} is a database of SQLite.`, `Name it by its URL: --source sqlite://${folder}`);
  if (info || /[*?]/.test(text)) throw wrong(`${folder} is ${info ? 'a file' : 'a pattern'}, not a folder.`, oneTable(folder));
  throw wrong(`There is no folder ${folder}.`);
}

const MAGIC = 'SQLite format 3\0';

async function isSqlite(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  try {
    const { buffer } = (await file?.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0)) ?? {};
    return buffer?.toString('latin1') === MAGIC;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}

const oneTable = (path: string): string =>
  `Name the folder, and the files that make the table: --source ${dirname(path)} --table 'orders=${basename(path)}'`;
