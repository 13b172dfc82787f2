import { access, constants, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { writeWhole } from '@sluice/home/files';
import { readLakeAddress } from '../../names/lake-address.ts';
import type { QualifiedName } from '../../names/qualified-name.ts';
import { withSession } from '../../postgres/session.ts';
import { begin } from '../../postgres/transaction.ts';
import { identifier } from '../../types/sql.ts';
import { unreachable } from '../unreachable.ts';
import { catalogOf } from './catalog.ts';
import { isNotThere } from './errors.ts';
import type { Lake } from './lake.ts';
import { hasLedger, LEDGER_TABLE, SCHEMA } from './ledger.ts';
import { openLake, type Place } from './open-lake.ts';
import { isRemote } from './storage.ts';

/** Stands in the folder of a lake that is on a disk: a machine that does not see it has another folder of that name. */
const MARK = '.sluice-lake';
/** Workers of other users look at it too. */
const FOR_ALL = 0o644;

/** Of a lake that is made here; its owner may say otherwise with `set_option`. */
const OPTIONS = { parquet_compression: 'zstd', expire_older_than: '30 days', delete_older_than: '1 day' };

/** Makes the lake where there is none, with its ledger. Whoever does it at the same moment waits, and finds it done. */
export async function makeLake(place: Place, signal: AbortSignal): Promise<void> {
  const address = readLakeAddress(place.name);
  const catalog = catalogOf(await place.find());
  try {
    await withSession(catalog.url, signal, async (client) => {
      await begin(client, { access: 'write' });
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`sluice lake ${address.schema}`]);
      const isNew = !(await isThere(place, signal));
      if (isNew) await expectFolder(address.dataPath);
      await openLake(place, { access: isNew ? 'make' : 'write', signal }, (lake) => fillIn(lake, isNew));
      await client.query('rollback');
    });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(error);
  }
}

async function isThere(place: Place, signal: AbortSignal): Promise<boolean> {
  try {
    return await openLake(place, { access: 'read', signal }, async () => true);
  } catch (error) {
    if (isNotThere(error)) return false;
    throw error;
  }
}

/** A lake removes files that it does not know from its folder: nothing else may be there. */
async function expectFolder(dataPath: string | undefined): Promise<void> {
  if (dataPath === undefined) {
    throw new SluiceError('USAGE', 'There is no lake yet in that database, and nothing says where its files are to be.', {
      hint: 'Say it in the URL: ducklake:postgres://user@host/db?data_path=/folder, or data_path=s3://bucket/prefix.',
      lasting: true,
    });
  }
  if (isRemote(dataPath)) return;
  try {
    await mkdir(dataPath, { recursive: true });
    await access(dataPath, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new SluiceError('FORBIDDEN', `The files of the lake cannot be written in ${dataPath}: ${messageOf(error).split(',')[0]}.`, {
      hint: 'Name a folder with data_path in which this user may write, the same on each worker.',
      cause: error,
    });
  }
  const [found] = (await readdir(dataPath)).filter((name) => !name.startsWith('.'));
  if (found !== undefined) {
    throw new SluiceError('CONFLICT', `The folder ${dataPath} is not empty: a new lake would take "${found}" for its own, and remove it.`, {
      hint: 'Name a folder of its own with data_path. If a lake is there already, name the schema of its catalog with metadata_schema.',
      lasting: true,
    });
  }
}

async function fillIn(lake: Lake, isNew: boolean): Promise<void> {
  if (isNew) for (const [name, value] of Object.entries(OPTIONS)) await lake.run(`call warehouse.set_option('${name}', '${value}')`);
  if (await hasLedger(lake)) return;
  if (!isRemote(lake.dataPath)) await writeWhole(join(lake.dataPath, MARK), 'The files of a lake of DuckLake that Sluice loads.\n', FOR_ALL);
  await lake.run(`create schema if not exists warehouse.${SCHEMA}`);
  // Few rows stand in the catalog itself: a file for each would be slower to write and to read.
  await lake.run(`call warehouse.set_option('data_inlining_row_limit', 1000, schema => '${SCHEMA}')`);
  await lake.run(LEDGER_TABLE);
}

/** Refuses to write where others would not see it. */
export async function expectMark({ dataPath }: Lake): Promise<void> {
  if (isRemote(dataPath)) return;
  try {
    await access(join(dataPath, MARK));
  } catch (error) {
    throw new SluiceError('FORBIDDEN', `The files of the lake are in ${dataPath}, and that folder is not there on this machine, or is another one.`, {
      hint: 'Mount the same folder on each worker, or keep the files in an object store: data_path=s3://bucket/prefix.',
      cause: error,
    });
  }
}

/** Makes the schema of a table, in a transaction of its own: of two loads that begin at once only one would be committed. */
export async function makeSchema(lake: Lake, target: QualifiedName): Promise<void> {
  const rows = await lake.rows(`from duckdb_schemas() where database_name = 'warehouse' and schema_name = $schema`, { schema: target.schema });
  if (rows.length > 0) return;
  try {
    await lake.run(`create schema if not exists warehouse.${identifier(target.schema)}`);
  } catch (error) {
    const again = await lake.rows(`from duckdb_schemas() where database_name = 'warehouse' and schema_name = $schema`, { schema: target.schema });
    if (again.length === 0) throw error;
  }
}
