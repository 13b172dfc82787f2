import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { openDatabase } from './database.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);

/** One lock for every server on the database: the second to come waits, and finds the work done. */
const LOCK = 7_308_332;

interface Migration {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => /^\d{4}-.*\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, FOLDER), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/** Brings the database up to this server's schema, each migration in a transaction of its own. Returns the names of those applied now. */
export async function migrate(url: string): Promise<string[]> {
  const migrations = await readMigrations();
  // One connection, since the lock belongs to it and ends with it.
  const { sql, close } = openDatabase(url, { max: 1 });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    await sql`create table if not exists migration (name text primary key, checksum text not null, applied timestamptz not null)`;
    const applied = new Map(
      (await sql<{ name: string; checksum: string }[]>`select name, checksum from migration`).map((row) => [row.name, row.checksum]),
    );
    refuseUnknown(migrations, applied);
    const missing = migrations.filter(({ name }) => !applied.has(name));
    for (const { name, text, checksum } of missing) {
      // One message of the simple protocol is one transaction: it is all there or not at all.
      await sql.unsafe(`insert into migration values ('${name}', '${checksum}', clock_timestamp()); ${text}`);
    }
    return missing.map(({ name }) => name);
  } finally {
    await close();
  }
}

function refuseUnknown(migrations: Migration[], applied: Map<string, string>): void {
  const known = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
  for (const [name, checksum] of applied) {
    if (known.get(name) === checksum) continue;
    throw new SluiceError('DATABASE_UNSUPPORTED', `The database was migrated by another version of Sluice (${name}).`, {
      hint: 'Start the version that made it, or a newer one.',
    });
  }
}
