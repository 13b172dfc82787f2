import { readFile } from 'node:fs/promises';

/** Whether DuckDB's error says that another process holds the file. The second text is of Windows. */
export const isHeldElsewhere = (message: string): boolean => /Could not set lock on file|being used by another process/.test(message);

/** Who holds the file, from DuckDB's error: `process 4711 (duckdb warehouse.duckdb)`. */
export async function describeHolder(message: string): Promise<string> {
  const pid = /PID (\d+)/.exec(message)?.[1];
  if (!pid) return 'another process';
  const command = await commandOf(pid);
  return command ? `process ${pid} (${command})` : `process ${pid}`;
}

/** As it was typed, where the system tells it. */
async function commandOf(pid: string): Promise<string> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return words.replaceAll('\0', ' ').trim().slice(0, 200);
}
