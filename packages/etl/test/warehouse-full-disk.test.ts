import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nodeFlags } from '@sluice/core/process/programs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Extract } from '../src/model.ts';
import { makeExtract } from './support/warehouse-load.ts';

const PROGRAM = fileURLToPath(new URL('./support/warehouse-full-disk.ts', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-full-disk-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file that may not grow over 8 MB. The signal that comes with it is Node's end, where it is not ignored. */
const limited = 'ulimit -f 16384; trap "" XFSZ; exec "$@"';
/** A disk of 8 MB, seen by the program only and gone with it. */
const mounted = 'mount -t tmpfs -o size=8m tmpfs "$DISK" && exec "$@"';
const canMount = spawnSync('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0;
const DISKS: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['a file that may not grow', ['sh', '-c', limited, 'sh']],
  ...(canMount ? ([['a full disk', ['unshare', '-Urm', 'sh', '-c', mounted, 'sh']]] as const) : []),
];

interface Step {
  readonly outcome: string;
  readonly bytes: number;
  readonly rows: unknown;
  readonly beside: readonly string[];
}

async function commitAll([command = '', ...args]: readonly string[], extracts: readonly Extract[]): Promise<Step[]> {
  const disk = await mkdtemp(join(folder, 'disk-'));
  const list = join(folder, 'extracts.json');
  await writeFile(list, JSON.stringify(extracts));
  const program = [process.execPath, ...nodeFlags(PROGRAM), PROGRAM, join(disk, 'warehouse.duckdb'), list];
  const { stdout } = await promisify(execFile)(command, [...args, ...program], { env: { ...process.env, DISK: disk } });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Step);
}

let loads = 0;
const table = async (rows: number): Promise<Extract> => {
  const load = join(folder, `${loads++}`);
  await mkdir(load);
  // What no compression makes small.
  const query = `select i as id, '${loads} ' || md5(i::varchar) || md5((-i)::varchar) as name from range(${rows}) r(i)`;
  return makeExtract({ folder: load, columns: { id: 'BIGINT', name: 'VARCHAR' }, parts: [query] });
};

describe.each(DISKS)('%s', (_, command) => {
  test('fails the commit with its code, leaves the table that stood, gives its space back, and takes the next load', async () => {
    const [small, large, next] = [await table(1000), await table(200_000), await table(2000)] as const;
    const steps = await commitAll(command, [small, large, large, next]);
    const [first] = steps;
    expect(first).toMatchObject({ outcome: 'committed', beside: ['warehouse.duckdb'] });
    // No log, nothing spilled; the parts are there for another try.
    const stands = { outcome: 'DISK_FULL', bytes: first?.bytes, rows: first?.rows, beside: ['warehouse.duckdb'] };
    expect(steps.slice(1, 3)).toEqual([stands, stands]);
    expect(existsSync(large.parts[0]?.file ?? '')).toBe(true);
    expect(steps[3]).toMatchObject({ outcome: 'committed', rows: [{ rows: 2000 }], beside: ['warehouse.duckdb'] });
    expect(steps[3]?.bytes).toBeLessThan(2 * (first?.bytes ?? 0));
  });
});
