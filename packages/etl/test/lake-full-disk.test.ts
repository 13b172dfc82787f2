import { execFile, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nodeFlags } from '@sluice/core/process/programs';
import { describe, expect, inject, test } from 'vitest';
import { hasExtensions } from '../../../tests/support/extensions.ts';
import { openLakeTrial } from './support/lake.ts';
import { makeExtract } from './support/warehouse-load.ts';

const PROGRAM = fileURLToPath(new URL('./support/lake-full-disk.ts', import.meta.url));

/** A disk of 8 MB, seen by the program only and gone with it. */
const mounted = 'mount -t tmpfs -o size=8m tmpfs "$DISK" && exec "$@"';
const canMount = spawnSync('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0;

describe.skipIf(!hasExtensions || !canMount)('a lake on a full disk', () => {
  test('fails the commit with its code, leaves the table that stood and no file of the other, and takes the next load', async () => {
    await using lake = await openLakeTrial(inject('postgres'));
    await mkdir(lake.dataPath);
    // What no compression makes small.
    const table = (rows: number) => [`select i as id, md5(i::varchar) || md5((-i)::varchar) as name from range(${rows}) r(i)`];
    const load = (rows: number) => makeExtract({ folder: lake.folder, columns: { id: 'BIGINT', name: 'VARCHAR' }, parts: table(rows) });
    const list = join(lake.folder, 'extracts.json');
    await writeFile(list, JSON.stringify([await load(1000), await load(400_000), await load(2000)]));
    const program = [process.execPath, ...nodeFlags(PROGRAM), PROGRAM, lake.address, list, lake.dataPath];
    const { stdout } = await promisify(execFile)('unshare', ['-Urm', 'sh', '-c', mounted, 'sh', ...program], {
      env: { ...process.env, DISK: lake.dataPath },
    });
    const steps = stdout.trim().split('\n');
    expect(steps.map((step) => JSON.parse(step))).toEqual([
      { outcome: 'committed', rows: 1000, files: 1 },
      { outcome: 'DISK_FULL', rows: 1000, files: 1 },
      { outcome: 'committed', rows: 2000, files: 2 },
    ]);
  });
});
