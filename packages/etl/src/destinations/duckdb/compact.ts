import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileToWrite } from '../../duckdb/file-literal.ts';
import { fingerprint } from '../../duckdb/fingerprint.ts';
import { withEnoughMemory } from '../../duckdb/memory.ts';
import type { Compacted } from '../destination.ts';
import { qualify } from '../qualify.ts';
import { openWarehouse, STORAGE } from './open.ts';
import { listTables } from './read.ts';
import type { Warehouse } from './warehouse.ts';

/**
 * DuckDB files do not shrink: what lives is copied into a new file, compared, and that file takes the name. The old one is open for
 * reading meanwhile, which keeps every writer away until the name has moved, and no reader: those that have the old file open go on
 * reading it. Null: another process has left changes that have to be taken in first.
 */
export async function compactWarehouse(file: string, signal: AbortSignal): Promise<Compacted | null> {
  const draft = join(dirname(file), `.${basename(file)}.${randomUUID()}.new`);
  try {
    return await openWarehouse({ file, access: 'read', signal }, async (warehouse) => {
      // Left behind, it would be taken for the new file's.
      if (existsSync(`${file}.wal`)) return null;
      await warehouse.run(`attach ${fileToWrite(draft)} as compact (storage_version '${STORAGE}')`);
      await withEnoughMemory(warehouse, () => warehouse.run('copy from database warehouse to compact'));
      await refuseLoss(warehouse);
      await warehouse.run('detach compact');
      const sizes = { bytes_before: (await stat(file)).size, bytes_after: (await stat(draft)).size };
      await rename(draft, file);
      return sizes;
    });
  } finally {
    await Promise.all([draft, `${draft}.wal`].map((each) => rm(each, { force: true })));
  }
}

async function refuseLoss(warehouse: Warehouse): Promise<void> {
  for (const table of await listTables(warehouse)) {
    const before = await fingerprint(warehouse, qualify(table), 'hash');
    const after = await fingerprint(warehouse, qualify(table, 'compact'), 'hash');
    if (before !== after) throw new Error(`the copy of ${table.schema}.${table.name} is not what was copied`);
  }
}
