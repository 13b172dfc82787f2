import { totalmem } from 'node:os';
import { isOutOfMemory } from '../destinations/duckdb/errors.ts';
import { MEMORY_MB } from '../destinations/duckdb/open.ts';
import type { Warehouse } from '../destinations/duckdb/warehouse.ts';

/** Half of what this process may have, by its cgroup or the machine: the rest of the worker has to live too. */
const most = () => Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()) / 2 / 1024 ** 2;

/**
 * Some rows need more than any number of usual ones: hundreds of columns, or single values of 100 MB, do not fit into the 256 MB in
 * which 3 M rows do. Work that runs out of memory, having changed nothing, is done again with four times as much, and once more.
 */
export async function withEnoughMemory<T>(warehouse: Pick<Warehouse, 'run'>, work: () => Promise<T>): Promise<T> {
  for (let megabytes = MEMORY_MB; ; megabytes *= 4) {
    try {
      return await work();
    } catch (error) {
      if (!isOutOfMemory(error) || megabytes * 4 > Math.min(most(), MEMORY_MB * 16)) throw error;
      await warehouse.run(`set memory_limit = '${megabytes * 4}MB'`);
    }
  }
}
