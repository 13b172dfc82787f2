import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { OWN_FILE, OWN_FOLDER, tighten } from '@sluice/home/files';
import { fileToWrite } from '../../duckdb/file-literal.ts';
import { interruptWhen } from '../../duckdb/interrupt-when.ts';
import { MEMORY_MB } from '../../duckdb/memory.ts';
import { threadsFor } from '../../duckdb/threads.ts';
import { unusable } from './errors.ts';
import { describeHolder, isHeldElsewhere } from './lock-holder.ts';
import { Warehouse } from './warehouse.ts';
import { expectWarehousePath } from './warehouse-path.ts';

export interface OpenOptions {
  readonly file: string;
  readonly access: 'read' | 'write';
  /** How many values are to be written, where that is known. */
  readonly values?: number | undefined;
  /** How long another process that holds the file is waited for. */
  readonly waitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Files that DuckDB 1.4 and later can read. Against the default, which 1.0 reads too, a commit of 3 M flights takes 338 ms
 * instead of 520: text is compressed once, not by several methods to take the best.
 */
export const STORAGE = 'v1.4.0';

const WAIT_MS = 30_000;
const FIRST_PAUSE_MS = 10;
const LAST_PAUSE_MS = 100;

/**
 * Opens the warehouse for the time of `work`. DuckDB's lock on the file is one of the process: another process is waited for
 * and then named. In one process the file must never be open twice, as closing one of the two would drop the lock of the other.
 */
export async function openWarehouse<T>(options: OpenOptions, work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const file = await settle(options);
  const { signal } = options;
  return navigator.locks.request(`sluice:warehouse:${file}`, signal ? { signal } : {}, () => openAlone({ ...options, file }, work));
}

async function openAlone<T>(options: OpenOptions, work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const instance = (options.access === 'write' && takeIdle(options.file)) || (await createInstance(options));
  const connection = await instance.connect();
  let sound = false;
  try {
    // Texts of instants, and so md5 sums, must not depend on where a process runs.
    await connection.run(`set timezone = 'UTC'; set threads = ${threadsFor(options.values ?? Number.POSITIVE_INFINITY)}`);
    await attachWhenFree(connection, options);
    // Nobody else can have the file open for writing: what lies here was left by a process that was killed.
    if (options.access === 'write') await rm(temporaryFolder(options.file), { recursive: true, force: true });
    using _stopping = interruptWhen(options.signal, connection);
    const result = await work(new Warehouse(connection, options.signal));
    sound = options.access === 'write' && (await isSound(connection));
    return result;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    connection.disconnectSync();
    if (sound) keepIdle(options.file, instance);
    else instance.closeSync();
  }
}

/**
 * The engine of the last work that wrote, without a file: to make one takes as long as the statements of a small commit, and a
 * process loads many tables. One whose work has failed is not used again.
 */
let idle: { readonly file: string; readonly instance: DuckDBInstance } | undefined;

function takeIdle(file: string): DuckDBInstance | undefined {
  if (idle?.file !== file) return undefined;
  const { instance } = idle;
  idle = undefined;
  return instance;
}

function keepIdle(file: string, instance: DuckDBInstance): void {
  idle?.instance.closeSync();
  idle = { file, instance };
}

/** Lets go of the file, and of its lock; false where that fails. */
async function isSound(connection: DuckDBConnection): Promise<boolean> {
  try {
    await connection.run('detach warehouse');
    await connection.run(`set memory_limit = '${MEMORY_MB}MB'`);
    return true;
  } catch {
    return false;
  }
}

/** Where DuckDB puts what does not fit into memory. */
export const temporaryFolder = (file: string) => `${file}.tmp`;

const createInstance = ({ file, access }: OpenOptions): Promise<DuckDBInstance> =>
  DuckDBInstance.create(':memory:', {
    memory_limit: `${MEMORY_MB}MB`,
    threads: '1',
    temp_directory: temporaryFolder(file),
    // A commit goes into the file itself, in one step: by way of the log it would be written, and waited for, twice.
    checkpoint_threshold: '0KB',
    // In order, row groups come out small where a part's end; at the commit they would be merged, which writes the whole table once more.
    preserve_insertion_order: String(access === 'read'),
    // By name and second: a part that is written again would be read as it was.
    enable_external_file_cache: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });

/** The file's one name, whatever links lead to it. A warehouse that is to be written is made when there is none. */
async function settle({ file, access }: OpenOptions): Promise<string> {
  expectWarehousePath(file);
  if (access === 'write' && !existsSync(file)) {
    await create(file).catch((error: unknown) => {
      throw unusable(file, error);
    });
  }
  try {
    return await realpath(file);
  } catch (cause) {
    throw new SluiceError('NOT_FOUND', `There is no warehouse ${file}.`, { hint: 'It is made by the first load: sluice etl', cause });
  }
}

/** Made under another name first: a process that is killed meanwhile would leave half a file, which DuckDB refuses for ever. */
async function create(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: OWN_FOLDER });
  const draft = join(dirname(file), `.${basename(file)}.${randomUUID()}.new`);
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    await connection.run(`attach ${fileToWrite(draft)} as draft (storage_version '${STORAGE}')`);
    await connection.run('detach draft');
    await tighten(draft, OWN_FILE);
    await link(draft, file).catch(ignoreExisting);
  } finally {
    instance.closeSync();
    await rm(draft, { force: true });
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function attachWhenFree(connection: DuckDBConnection, { file, access, waitMs = WAIT_MS, signal }: OpenOptions): Promise<void> {
  const until = performance.now() + waitMs;
  const attach = `attach ${fileToWrite(file)} as warehouse (${access === 'read' ? 'read_only' : `storage_version '${STORAGE}'`})`;
  for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(2 * ms, LAST_PAUSE_MS)) {
    try {
      await connection.run(attach);
      return;
    } catch (error) {
      const message = messageOf(error);
      if (!isHeldElsewhere(message)) throw unusable(file, error);
      if (performance.now() + ms > until) throw await locked({ file, access }, message, waitMs);
    }
    await pause(Math.min(ms, LAST_PAUSE_MS), undefined, signal ? { signal } : {});
  }
}

const LOCK_HINTS = {
  read: 'A load is being written: wait a moment and try again.',
  write: 'Close the program that has the file open, or wait for it, and try again: the warehouse can only be written while nobody reads it.',
};

async function locked({ file, access }: OpenOptions, message: string, waitMs: number): Promise<SluiceError> {
  const holder = await describeHolder(message);
  return new SluiceError('WAREHOUSE_LOCKED', `The warehouse ${file} is held by ${holder}, and still was after ${waitMs / 1000} s.`, {
    hint: LOCK_HINTS[access],
  });
}
