import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { etlPaths, reportOf, writeJson } from '../home.ts';
import type { Report } from './report.ts';

/** Reports that are kept. Ids of flow runs sort as they were made. */
const KEPT = 100;

/** Writes the report of a job under its own name, and where people and programs look for the latest; returns the path of that. */
export async function writeReport(home: string, report: Report): Promise<string> {
  const { report: latest, reports } = etlPaths(home);
  await writeJson(reportOf(home, report.flow_run_id), report);
  await writeJson(latest, report);
  const names = (await readdir(reports)).filter((name) => name.endsWith('.json')).sort();
  for (const name of names.slice(0, -KEPT)) await rm(join(reports, name), { force: true });
  return latest;
}
