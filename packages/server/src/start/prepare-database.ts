import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { Settings } from '@sluice/core/settings/settings';
import type { Logger } from 'pino';
import { openDatabase } from '../db/database.ts';
import { ensureDatabase } from '../db/ensure-database.ts';
import { migrate } from '../db/migrate.ts';
import { type Cluster, embeddedUrl, startCluster } from '../postgres/cluster.ts';
import { readDatabaseFacts } from '../store/database-facts.ts';

interface Prepared {
  readonly url: string;
  /** The embedded PostgreSQL; undefined with a database of the user's own. */
  readonly cluster: Cluster | undefined;
}

const OLDEST = 15;
/** Its name in the embedded PostgreSQL. */
const DATABASE = 'sluice';

/** Brings the server's database up: its own PostgreSQL or one of the user's, reachable, new enough, with all migrations. */
export async function prepareDatabase({ home, database_url }: Settings, logger: Logger, stack: AsyncDisposableStack): Promise<Prepared> {
  const cluster = database_url
    ? undefined
    : await startCluster(home, { onRestart: (why) => logger.error({ why }, 'PostgreSQL died and is started again') });
  if (cluster) stack.defer(cluster.stop);
  const url = database_url ?? (await embeddedDatabase(cluster as Cluster));
  await prepare(url, logger);
  return { url, cluster };
}

/** The database of a server that runs elsewhere: the user's, or that of the server of this home. */
export async function findDatabase({ home, database_url }: Settings, logger: Logger): Promise<string> {
  const url = database_url ?? (await embeddedUrl(home, DATABASE));
  await prepare(url, logger);
  return url;
}

async function prepare(url: string, logger: Logger): Promise<void> {
  await expectUsable(url);
  const migrations = await migrate(url);
  if (migrations.length > 0) logger.info({ migrations }, 'database migrated');
}

async function embeddedDatabase(cluster: Cluster): Promise<string> {
  await ensureDatabase(cluster.url('postgres'), DATABASE);
  return cluster.url(DATABASE);
}

async function expectUsable(url: string): Promise<void> {
  // Never with the URL itself in the sentence: it holds a password.
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new SluiceError('INVALID_SETTING', 'The URL of the database is not one of PostgreSQL.', {
      hint: 'Write SLUICE_DATABASE_URL as postgres://user:password@host:5432/database.',
    });
  }
  const { sql, close } = openDatabase(url, { max: 1 });
  try {
    const { major, version } = await readDatabaseFacts(sql).catch((cause) => {
      const { hostname, port, pathname } = new URL(url);
      throw new SluiceError(
        'DATABASE_UNAVAILABLE',
        `The database ${pathname.slice(1)} at ${hostname}:${port || 5432} does not answer: ${messageOf(cause)}`,
        { hint: 'Check SLUICE_DATABASE_URL, and that PostgreSQL runs there.', cause },
      );
    });
    if (major < OLDEST)
      throw new SluiceError('DATABASE_UNSUPPORTED', `PostgreSQL ${version} is too old.`, { hint: `Sluice needs PostgreSQL ${OLDEST} or later.` });
  } finally {
    await close();
  }
}
