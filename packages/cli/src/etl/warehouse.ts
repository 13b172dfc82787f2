import { resolve } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Settings } from '@sluice/core/settings/settings';
import { sourceVariable } from '@sluice/core/settings/source-variable';
import { databaseOf, isLake } from '@sluice/etl/lake-address';
import { readSource } from '@sluice/etl/locations';
import { kindOf, schemeOf } from '@sluice/etl/source-kinds';
import { sourceUrl } from '@sluice/etl/source-url';
import type { Option } from '../program/define-command.ts';
import { askPassword } from './ask-password.ts';

/** The option that names a warehouse: a file on this machine, or a database by its URL. */
export const warehouseOption = (flags: string, doc: string): Option<string | undefined> => ({
  flags,
  doc,
  fallback: undefined,
  parse: (value) => {
    if (value.trim() === '') throw new TypeError('Write the path of a DuckDB file, or a URL such as postgres://user@host/database.');
    const scheme = schemeOf(value);
    if (scheme !== undefined && kindOf(value) !== 'postgres' && !isLake(value))
      throw new TypeError(
        `${scheme}://… is not a warehouse: write the path of a DuckDB file, postgres://user@host/database, or ducklake:postgres://….`,
      );
    return value;
  },
});

/** The warehouse that is named by the option or the setting, as runs know it: a path from the root, or a URL without a password. */
export function warehouseName(given: string | undefined, { warehouse }: Pick<Settings, 'warehouse'>): string | undefined {
  const name = given ?? warehouse;
  if (name === undefined) return undefined;
  const url = databaseOf(name);
  if (url === undefined) return resolve(name);
  const look = sourceUrl(url).look(url);
  if (look === 'without one') return name;
  throw new SluiceError(
    'USAGE',
    look === 'unreadable'
      ? 'The URL of the warehouse cannot be read.'
      : 'The URL of a warehouse is a name in runs, which everybody may read: it has no password.',
    {
      hint:
        look === 'unreadable'
          ? 'Write it as postgres://user@host:5432/database.'
          : 'Leave it out: it is taken from PGPASSWORD or ~/.pgpass, or asked for.',
    },
  );
}

/**
 * Where a database is, or the catalog of a lake, with the password where one is needed: it is asked for only where the server wants one
 * that nobody has noted.
 */
export async function withPassword(name: string): Promise<string> {
  const url = databaseOf(name) ?? name;
  return await sourceUrl(url).complete(url, async (question) => (process.stdin.isTTY ? await askPassword(question) : undefined));
}

/** Lets this process find a database that is looked at now, with a password that may have to be asked for. */
export async function reachWarehouse(home: string, name: string): Promise<void> {
  const variable = sourceVariable(name);
  if (databaseOf(name) === undefined || process.env[variable] !== undefined || (await readSource(home, name)) !== undefined) return;
  process.env[variable] = await withPassword(name);
}
