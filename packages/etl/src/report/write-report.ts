import { etlPaths, writeJson } from '../home.ts';
import type { Report } from './report.ts';

/** Writes the report of a job where people and programs look for it; returns its path. */
export async function writeReport(home: string, report: Report): Promise<string> {
  const { report: file } = etlPaths(home);
  await writeJson(file, report);
  return file;
}
