import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { interruptWhen } from '../duckdb/interrupt-when.ts';
import { MEMORY_MB } from '../duckdb/memory.ts';
import { threadsFor } from '../duckdb/threads.ts';
import { literal } from '../types/sql.ts';

/** A DuckDB in memory that turns spool files into parts. */
export interface Engine extends Disposable {
  readonly connection: DuckDBConnection;
  /** Its work went well and was small: the next work in this process may have it. What was made must be temporary. */
  keep(): void;
}

/** Small on purpose: the process stays below 512 MB whatever the table's size. What does not fit goes to `temp`. */
export async function openEngine(temp: string, signal: AbortSignal): Promise<Engine> {
  const instance = (await takeIdle(temp)) ?? (await createInstance(temp));
  const connection = await instance.connect();
  let kept = false;
  await connection.run(`set timezone = 'UTC'`);
  // A column of bytes stays one, whatever the file's remarks call it.
  await connection.run('set enable_geoparquet_conversion = false');
  const stopping = interruptWhen(signal, connection);
  return {
    connection,
    keep: () => {
      kept = true;
    },
    [Symbol.dispose]() {
      stopping[Symbol.dispose]();
      connection.closeSync();
      if (kept) keepIdle(instance);
      else instance.closeSync();
    },
  };
}

const createInstance = (temp: string): Promise<DuckDBInstance> =>
  DuckDBInstance.create(':memory:', {
    memory_limit: `${MEMORY_MB}MB`,
    threads: '2',
    temp_directory: temp,
    preserve_insertion_order: 'false',
    // By name and second: a spool file that is written again would be read as it was.
    enable_external_file_cache: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });

/** To make one takes as long as to read a small table. */
let idle: DuckDBInstance | undefined;

function keepIdle(instance: DuckDBInstance): void {
  idle?.closeSync();
  idle = instance;
}

/** Undefined too where the last work has put something into its folder: DuckDB then takes no other. */
async function takeIdle(temp: string): Promise<DuckDBInstance | undefined> {
  const instance = idle;
  idle = undefined;
  if (!instance) return undefined;
  const connection = await instance.connect();
  try {
    await connection.run(`set temp_directory = ${literal(temp)}; set memory_limit = '${MEMORY_MB}MB'; set threads = 2`);
    connection.closeSync();
    return instance;
  } catch {
    connection.closeSync();
    instance.closeSync();
    return undefined;
  }
}

/** Lines up to here are read with the usual buffers and memory. */
const USUAL_LINE = 1 << 20;
const BUFFER = 8 << 20;

/** Up to so many columns two threads stay below 512 MB, and up to so many one does. Each column of text takes blocks of its own. */
const COLUMNS_OF_TWO_THREADS = 300;
const COLUMNS_OF_ONE_THREAD = 1000;

/** Of a file. */
interface Lines {
  readonly rows: number;
  /** Bytes of the longest. */
  readonly longest: number;
}

/**
 * Makes room for so many lines of this length, and for so many columns; returns the options with which `read_csv` reads them. Long lines are
 * not read in pieces side by side: where a few of them fill a buffer DuckDB then leaves some out, without a word.
 */
export async function roomFor({ connection }: Engine, { longest, rows }: Lines, columns: number): Promise<string> {
  const huge = longest > USUAL_LINE;
  const memory = MEMORY_MB * (columns > COLUMNS_OF_ONE_THREAD ? 2 : 1) + (huge ? Math.ceil((8 * longest) / (1 << 20)) : 0);
  const threads = huge || columns > COLUMNS_OF_TWO_THREADS ? 1 : threadsFor(rows * columns);
  await connection.run(`set memory_limit = '${memory}MB'; set threads = ${threads}`);
  const line = longest + 16;
  return `max_line_size = ${Math.max(line, USUAL_LINE)}, buffer_size = ${Math.max(line, BUFFER)}, parallel = ${!huge}`;
}
