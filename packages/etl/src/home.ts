import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeOwnFolder, OWN_FOLDER, writeWhole } from '@sluice/home/files';

/** Files of the ETL below the home. Everything a load leaves before its commit is in folders of its own, so that a sweep can tell whose it is. */
export const etlPaths = (home: string) => ({
  warehouse: join(home, 'etl', 'warehouse.duckdb'),
  /** Of the job that ended last. */
  report: join(home, 'etl', 'report.json'),
  reports: join(home, 'reports'),
  parts: join(home, 'etl', 'parts'),
  spool: join(home, 'etl', 'spool'),
  loads: join(home, 'etl', 'loads'),
});

/** The report of one job, by its flow run. */
export const reportOf = (home: string, flowRunId: string): string => join(etlPaths(home).reports, `${flowRunId}.json`);

/** The flow that loads a table. */
export const PIPELINE = 'process-table-etl';

/**
 * What was read in one try of a flow run, whatever process reads it. A later try takes what the first has read, and commits that as the
 * same load; one that has to read again, as after a restart from an earlier task, makes another load, which takes the place of the first.
 */
export const loadId = (pipeline: string, table: string, flowRunId: string, attempt = 1): string =>
  createHash('sha256')
    .update(JSON.stringify([pipeline, table, flowRunId, ...(attempt > 1 ? [attempt] : [])]))
    .digest('hex')
    .slice(0, 24);

/** Folders for one load's parts and spool files. */
export async function loadFolders(home: string, id: string): Promise<{ parts: string; spool: string }> {
  const paths = etlPaths(home);
  const folders = { parts: join(paths.parts, id), spool: join(paths.spool, id) };
  await makeOwnFolder(dirname(paths.warehouse));
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true, mode: OWN_FOLDER })));
  return folders;
}

/** Copies of files that are elsewhere, from the plan of a load to its end. */
export const copyFolder = (home: string, id: string): string => join(etlPaths(home).spool, `${id}.copy`);

/** Whose the folders of a load are. */
export interface LoadNote {
  readonly load_id: string;
  readonly table: string;
  readonly flow_run_id: string;
  readonly pid: number;
  readonly started: string;
}

/** Notes whose the folders are, before they are made: a sweep asks whether that flow run is over, and otherwise leaves them alone. */
export function noteLoad(home: string, load: Pick<LoadNote, 'load_id' | 'table' | 'flow_run_id'>): Promise<void> {
  const note: LoadNote = { ...load, pid: process.pid, started: new Date().toISOString() };
  return writeJson(join(etlPaths(home).loads, `${load.load_id}.json`), note);
}

/** A reader sees the old file or the new one, whenever the writer is killed. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: OWN_FOLDER });
  await writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Forgets a load that has left nothing: what a sweep would look for is not there. One whose parts are still there stays noted. */
export async function forgetLoad(home: string, load_id: string): Promise<void> {
  const { parts, spool, loads } = etlPaths(home);
  if (existsSync(join(parts, load_id)) || existsSync(join(spool, load_id))) return;
  await rm(join(loads, `${load_id}.json`), { force: true });
}
