import { SluiceError } from '@sluice/core/errors/sluice-error';
import { findSource } from '../locations.ts';
import type { SourceKind } from '../names/source-kinds.ts';
import { filesSource } from './files/files-source.ts';
import { isMendable, readMended } from './files/read-mended.ts';
import { remoteSource } from './files/remote/remote-source.ts';
import { mysqlSource } from './mysql/mysql-source.ts';
import { postgresSource } from './postgres/postgres-source.ts';
import type { MendedRead, MendedReading, Source } from './source.ts';
import { sqliteSource } from './sqlite/sqlite-source.ts';

/** The sources, each made of its address: a URL, or the path of a folder. */
const SOURCES: { readonly [kind in SourceKind]: (address: string, home: string) => Source } = {
  postgres: postgresSource,
  mysql: mysqlSource,
  sqlite: sqliteSource,
  files: filesSource,
  web: remoteSource,
  s3: remoteSource,
};

/**
 * Reads rows of a quarantine that a person has mended, as text like that of their source, into parts. A database has no such text:
 * there the rows themselves are mended.
 */
export async function readMendedRows({ plan, ...reading }: MendedReading): Promise<MendedRead> {
  if (isMendable(plan)) return readMended({ ...reading, plan });
  throw new SluiceError('USAGE', `Rows of ${plan.table} are mended in its source ${plan.source}: they did not come as text of a file.`, {
    hint: 'Correct them there, or leave them out by a view, then load the table again.',
    lasting: true,
  });
}

/** The source that this name stands for. */
export async function openSource(home: string, name: string): Promise<Source> {
  const { kind, address } = await findSource(home, name);
  return SOURCES[kind](address, home);
}
