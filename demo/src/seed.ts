import { mkdir } from 'node:fs/promises';
import pg from 'pg';
import { fillTable, tableSql } from './fill-postgres.ts';
import { fingerprint, isFilled, isWritten, markFilled, markWritten } from './marker.ts';
import { DEMO_TABLES, type DemoTable } from './tables.ts';
import { writeTableFile } from './write-files.ts';

export interface SeedProgress {
  /** The table that has just been filled. */
  readonly table: string;
  /** Tables that are, of so many. */
  readonly done: number;
  readonly total: number;
}

export interface SeedOptions {
  /** An empty database, or one that was filled by this before. */
  readonly postgresUrl: string;
  /** Folder for the files. */
  readonly folder: string;
  /** Names of the tables to fill; all when left out. */
  readonly tables?: readonly string[];
  /** Share of each table's rows, at least a handful: 0.01. */
  readonly sample?: number;
  /** Puts `DIRTY_ROWS` bad rows into the files, which then are as long as ever. */
  readonly dirty?: boolean;
  readonly onProgress?: (progress: SeedProgress) => void;
  /** Gives up: what is there is filled again by the next call. */
  readonly signal?: AbortSignal | undefined;
}

export interface Seeded {
  /** Whether it had all been there before. */
  readonly cached: boolean;
  readonly tables: readonly DemoTable[];
}

/** Any number, so that two processes do not fill one database at once. */
const LOCK = 7_263_114;

/** Fills a database and a folder with the 20 tables of the demo; at once, when they have them already. */
export async function seedDemo(options: SeedOptions): Promise<Seeded> {
  const { postgresUrl, folder, tables: names, sample = 1, dirty = false, onProgress, signal } = options;
  const tables = DEMO_TABLES.filter(({ name }) => names?.includes(name) ?? true);
  const [inDatabase = [], inFiles = []] = (['demo', 'demo-files'] as const).map((source) => tables.filter((table) => table.source === source));
  let done = 0;
  const tell = ({ name }: DemoTable) => onProgress?.({ table: name, done: ++done, total: tables.length });
  const client = await connect(postgresUrl);
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const prints = { database: fingerprint(inDatabase, { sample }), files: fingerprint(inFiles, { sample, dirty }) };
    const [filled, written] = await Promise.all([isFilled(client, prints.database), isWritten(folder, prints.files)]);
    await mkdir(folder, { recursive: true });
    if (!filled) {
      await markFilled(client, null);
      await fillDatabase(client, { ...options, sample, tables: inDatabase, tell });
      await markFilled(client, prints.database);
    }
    if (!written) {
      await markWritten(folder, null);
      for (const table of inFiles) {
        signal?.throwIfAborted();
        await writeTableFile(table, { folder, sample, dirty });
        tell(table);
      }
      await markWritten(folder, prints.files);
    }
    return { cached: filled && written, tables };
  } catch (error) {
    // What was under way fails of it in words of its own.
    signal?.throwIfAborted();
    throw error;
  } finally {
    await client.end();
  }
}

interface Fillings extends Pick<SeedOptions, 'postgresUrl' | 'folder' | 'signal'> {
  readonly sample: number;
  readonly tables: readonly DemoTable[];
  readonly tell: (table: DemoTable) => void;
}

/** Two connections: while one takes the 3 M flights, the other one takes the rest. */
async function fillDatabase(first: pg.Client, { postgresUrl, folder, sample, tables, tell, signal }: Fillings): Promise<void> {
  const second = await connect(postgresUrl);
  const waiting = [...tables];
  const fill = async (client: pg.Client) => {
    for (let table = waiting.shift(); table; table = waiting.shift()) {
      signal?.throwIfAborted();
      await fillTable({ client, table, sample, folder, signal });
      tell(table);
    }
  };
  // Each has to be at its end before its connection may close, also when the other one has failed.
  const ends = await Promise.allSettled([fill(first), fill(second)]);
  await second.end();
  const failed = ends.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  signal?.throwIfAborted();
  // Plans of the ETL go by the sizes that the catalog knows.
  if (tables.length > 0) await first.query(`vacuum (analyze) ${tables.map(tableSql).join(', ')}`);
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  // A connection that breaks between two statements is told by the next one.
  client.on('error', () => {});
  await client.connect();
  await client.query(`set synchronous_commit = off; set maintenance_work_mem = '128MB'; set timezone = 'UTC'`);
  return client;
}
