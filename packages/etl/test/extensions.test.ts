import { copyFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { describeWithExtensions } from '../../../tests/support/extensions.ts';
import { loadExtension, loadExtensionIfHere } from '../src/duckdb/extensions.ts';

const OPTIONS = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };

let instance: DuckDBInstance;
let duckdb: DuckDBConnection;
let folder: string;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', OPTIONS);
  duckdb = await instance.connect();
  folder = await mkdtemp(join(tmpdir(), 'extensions-'));
});
afterAll(() => instance.closeSync());
afterEach(() => {
  vi.unstubAllEnvs();
});

const isLoaded = async (name: string) =>
  (await duckdb.runAndReadAll(`select loaded from duckdb_extensions() where extension_name = '${name}'`)).getRows()[0]?.[0];

describe('an extension of DuckDB that is not in the folder of SLUICE_DUCKDB_EXTENSIONS', () => {
  test('is said to be missing, with the file and the version that are needed', async () => {
    vi.stubEnv('SLUICE_DUCKDB_EXTENSIONS', folder);
    await expect(loadExtension(duckdb, 'ducklake')).rejects.toMatchObject({
      code: 'EXTENSION_MISSING',
      message: `DuckDB's extension ducklake cannot be used: there is no ${join(folder, 'ducklake.duckdb_extension')}.`,
      hint: expect.stringMatching(/for DuckDB v1\.5\.\d+ into the folder/),
      kind: { lasting: true },
    });
    expect(await loadExtensionIfHere(duckdb, 'ducklake')).toBe(false);
    expect(await isLoaded('ducklake')).not.toBe(true);
  });

  test('or is something else there, is told in DuckDB’s own words', async () => {
    await writeFile(join(folder, 'httpfs.duckdb_extension'), 'x'.repeat(10_000));
    vi.stubEnv('SLUICE_DUCKDB_EXTENSIONS', folder);
    await expect(loadExtensionIfHere(duckdb, 'httpfs')).rejects.toMatchObject({
      code: 'EXTENSION_MISSING',
      message: expect.stringMatching(/httpfs\.duckdb_extension cannot be loaded: .*metadata/),
    });
  });
});

describeWithExtensions('an extension that is in that folder', () => {
  test('is loaded from there, and again for nothing', async () => {
    const given = String(process.env['SLUICE_DUCKDB_EXTENSIONS']);
    const own = await mkdtemp(join(tmpdir(), "it's-"));
    await copyFile(join(given, 'sqlite_scanner.duckdb_extension'), join(own, 'sqlite_scanner.duckdb_extension'));
    vi.stubEnv('SLUICE_DUCKDB_EXTENSIONS', own);
    expect(await loadExtensionIfHere(duckdb, 'sqlite')).toBe(true);
    await loadExtension(duckdb, 'sqlite');
    expect(await isLoaded('sqlite_scanner')).toBe(true);
  });
});
