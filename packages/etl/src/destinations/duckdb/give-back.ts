import { existsSync } from 'node:fs';
import { stat, truncate } from 'node:fs/promises';
import { openWarehouse } from './open.ts';

/** Three headers of 4 KB stand before the blocks of a file. */
const HEADERS = 3 * 4096;

/**
 * Gives back the end of the file that belongs to no block. DuckDB writes a table's blocks behind those of the file while the
 * transaction still goes on; where it fails or is killed they stay, unknown to the file, and it never shortens it by itself.
 */
export async function giveBack(file: string): Promise<void> {
  if (!existsSync(file)) return;
  await openWarehouse({ file, access: 'write', waitMs: 0 }, async (warehouse) => {
    // What the log holds will want those blocks.
    if (existsSync(`${file}.wal`)) return;
    const [size] = await warehouse.rows<{ bytes: number }>(
      `select (total_blocks * block_size)::double as bytes from pragma_database_size() where database_name = 'warehouse'`,
    );
    if (!size) return;
    const known = HEADERS + size.bytes;
    // The last use of the file before it is closed: to cut it lets go of DuckDB's lock.
    if ((await stat(file)).size > known) await truncate(file, known);
  });
}
