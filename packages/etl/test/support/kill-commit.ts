import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Extract } from '../../src/model.ts';
import { makeExtract } from './warehouse-load.ts';
import { ended, startProgram } from './warehouse-process.ts';

const ROWS = 100_000;

/** Rows of a generation, and the sum of their ids. */
export const GENERATION = { rows: 2 * ROWS, ids: ROWS * (2 * ROWS - 1) };

/** A load whose every row says which load it is. */
export const generation = (folder: string, number: number): Promise<Extract> =>
  makeExtract({
    folder,
    columns: { generation: 'INTEGER', id: 'BIGINT', name: 'VARCHAR' },
    parts: [0, 1].map(
      (part) => `select ${number} as generation, i as id, 'name ' || hash(i) as name from range(${part * ROWS}, ${(part + 1) * ROWS}) r(i)`,
    ),
    planned_at: new Date(Date.UTC(2026, 0, 1) + number).toISOString(),
  });

interface Killed {
  /** Folder for what the process is told. */
  readonly folder: string;
  readonly address: string;
  readonly token: number;
  readonly afterMs: number;
}

/** Commits in a process that is killed so long after it began; says how long it took when nobody killed it. */
export const commitAndKill = ({ extract, ...killed }: Killed & { readonly extract: Extract }): Promise<number> =>
  runAndKill(new URL('./committer.ts', import.meta.url), extract, killed);

/** The same, of mended rows. */
export const mendAndKill = ({ mended, ...killed }: Killed & { readonly mended: object }): Promise<number> =>
  runAndKill(new URL('./mender.ts', import.meta.url), mended, killed);

async function runAndKill(program: URL, told: object, { folder, address, token, afterMs }: Killed): Promise<number> {
  const file = join(folder, 'told.json');
  await writeFile(file, JSON.stringify(told));
  const child = startProgram(program, [address, file, `${token}`]);
  if (child.stdout) await once(child.stdout, 'data');
  const began = performance.now();
  const end = ended(child);
  await Promise.race([end, pause(afterMs)]);
  child.kill('SIGKILL');
  await end;
  return performance.now() - began;
}
