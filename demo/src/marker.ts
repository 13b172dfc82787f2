import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { packageVersion } from './read-package.ts';
import type { DemoTable } from './tables.ts';

/** Another way to make the tables is another number: what was made before is made again. */
const FORMAT = 1;

/** Equal fingerprints, equal data. */
export function fingerprint(tables: readonly DemoTable[], options: object): string {
  const versions = Object.fromEntries(tables.map((table) => [table.name, packageVersion(table.package)]));
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, versions, options]))
    .digest('hex');
}

const PREFIX = 'sluice demo ';

/** The database says by its comment what it was filled with: no table of its own has to be there for that. */
export async function isFilled(client: pg.Client, print: string): Promise<boolean> {
  const sql = `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = current_database()`;
  const { rows } = await client.query<{ comment: string | null }>(sql);
  return rows[0]?.comment === PREFIX + print;
}

/** Null: it is being filled, and what is in it means nothing yet. */
export async function markFilled(client: pg.Client, print: string | null): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select quote_ident(current_database()) as name');
  await client.query(`comment on database ${rows[0]?.name} is ${print === null ? 'null' : `'${PREFIX}${print}'`}`);
}

const markerFile = (folder: string): string => join(folder, '.filled');

export const isWritten = (folder: string, print: string): Promise<boolean> =>
  readFile(markerFile(folder), 'utf8').then(
    (text) => text === print,
    () => false,
  );

/** Null: the files are being written. */
export const markWritten = (folder: string, print: string | null): Promise<void> =>
  print === null ? rm(markerFile(folder), { force: true }) : writeFile(markerFile(folder), print);
