import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import pRetry from 'p-retry';
import { openDatabase } from './database.ts';
import { isConflict, isOthersInTheWay } from './failure.ts';
import { createWireViews, dropWireViews, isWireView, readWireViews } from './wire-views.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);

/** One lock for every server on the database: the second to come waits, and finds the work done. */
const LOCK = 7_308_332;

/**
 * Who reads by a view that is made again, and then by another, would wait for us while we wait for them. We give way, in less than the
 * second after which PostgreSQL ends one of the two, and come again.
 */
const LOCK_TIMEOUT_MS = 400;
const PAUSES = { retries: 60, minTimeout: 50, maxTimeout: 1000, randomize: true };

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

/**
 * Brings the database up to this server's schema, in one transaction: the migrations that are missing, and the wire's views when
 * one of them is not as its file says. The views are out of the way meanwhile, or no migration could change a column they show.
 * Returns the names of what was done now.
 */
export async function migrate(url: string): Promise<string[]> {
  const [migrations, views] = await Promise.all([readMigrations(), readWireViews()]);
  // One connection, since the lock belongs to it and ends with it.
  const { sql, close } = openDatabase(url, { max: 1 });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    await sql`create table if not exists migration (name text primary key, checksum text not null, applied timestamptz not null)`;
    const rows = await sql<{ name: string; checksum: string }[]>`select name, checksum from migration`;
    const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
    const made = [...applied.keys()].filter(isWireView);
    refuseUnknown(migrations, applied);
    const missing = migrations.filter(({ name }) => !applied.has(name));
    const isAsFiled = made.length === views.length && views.every(({ name, checksum }) => applied.get(name) === checksum);
    if (missing.length === 0 && isAsFiled) return [];
    // One message of the simple protocol is one transaction: it is all there or not at all. The first migrations make views too.
    const drop = dropWireViews([...made, ...views.map(({ name }) => name)]);
    const steps = missing.map(({ name, text, checksum }) => `insert into migration values ('${name}', '${checksum}', clock_timestamp());\n${text}`);
    const text = [drop, ...steps, drop, createWireViews(views)].join('\n');
    await sql`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, false)`;
    await pRetry(() => sql.unsafe(text), { ...PAUSES, shouldRetry: ({ error }) => isConflict(error) }).catch(refuseOthers);
    return [...missing, ...views].map(({ name }) => name).sort();
  } finally {
    await close();
  }
}

function refuseUnknown(migrations: readonly Migration[], applied: ReadonlyMap<string, string>): void {
  const known = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
  for (const [name, checksum] of applied) {
    if (isWireView(name) || known.get(name) === checksum) continue;
    throw new SluiceError('DATABASE_UNSUPPORTED', `The database was migrated by another version of Sluice (${name}).`, {
      hint: 'Start the version that made it, or a newer one.',
    });
  }
}

/** Views that somebody else has built on ours would be lost with them. */
function refuseOthers(cause: Error & { detail?: string }): never {
  if (!isOthersInTheWay(cause)) throw cause;
  throw new SluiceError(
    'DATABASE_UNSUPPORTED',
    `Something in the database is not Sluice's and is built on its views: ${cause.detail ?? cause.message}`,
    {
      hint: 'Drop it, start the server, and make it again.',
      cause,
    },
  );
}
