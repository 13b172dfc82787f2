import { totalmem } from 'node:os';
import { messageOf } from '@sluice/core/errors/sluice-error';

/** What a small DuckDB has, whatever the size of its tables: the process stays below 512 MB. More is given to those rows that need it. */
export const MEMORY_MB = 256;

export const isOutOfMemory = (error: unknown): boolean => messageOf(error).startsWith('Out of Memory Error');

/** Half of what this process may have, by its cgroup or the machine: the rest of the worker has to live too. */
const most = () => Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()) / 2 / 1024 ** 2;

/**
 * Some rows need more than any number of usual ones: hundreds of columns, or single values of 100 MB, do not fit into the 256 MB in
 * which 3 M rows do. Work that runs out of memory, having changed nothing, is done again with four times as much, and once more.
 */
export async function withEnoughMemory<T>(duckdb: { run(sql: string): Promise<void> }, work: () => Promise<T>): Promise<T> {
  for (let megabytes = MEMORY_MB; ; megabytes *= 4) {
    try {
      return await work();
    } catch (error) {
      if (!isOutOfMemory(error) || megabytes * 4 > Math.min(most(), MEMORY_MB * 16)) throw error;
      await duckdb.run(`set memory_limit = '${megabytes * 4}MB'`);
    }
  }
}
