import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of the ETL below the home. Everything a load leaves before its commit is in folders of its own, so that a sweep can tell whose it is. */
export const etlPaths = (home: string) => ({
  warehouse: join(home, 'etl', 'warehouse.duckdb'),
  report: join(home, 'etl', 'report.json'),
  parts: join(home, 'etl', 'parts'),
  spool: join(home, 'etl', 'spool'),
});

/** The same for every try of a flow run, another one for every other run: the identity of a load is the run, never the attempt. */
export const loadId = (pipeline: string, table: string, flowRunId: string): string =>
  createHash('sha256')
    .update(JSON.stringify([pipeline, table, flowRunId]))
    .digest('hex')
    .slice(0, 24);

/** Folders for one load's parts and spool files. */
export async function loadFolders(home: string, id: string): Promise<{ parts: string; spool: string }> {
  const paths = etlPaths(home);
  const folders = { parts: join(paths.parts, id), spool: join(paths.spool, id) };
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true })));
  return folders;
}
