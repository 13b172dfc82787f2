import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '@duckdb/node-api';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { expectSettings } from '@sluice/sdk';
import { fileToWrite } from './file-literal.ts';

/** Extensions of DuckDB that Sluice uses, and what their files are called. Each is signed, and for one version of DuckDB. */
const FILES = {
  ducklake: 'ducklake',
  httpfs: 'httpfs',
  mysql: 'mysql_scanner',
  postgres: 'postgres_scanner',
  sqlite: 'sqlite_scanner',
} as const;

export type ExtensionName = keyof typeof FILES;

/** A connection of DuckDB, whatever wraps it. */
export interface Loading {
  run(sql: string): Promise<unknown>;
}

/**
 * Loads an extension: from the folder of `SLUICE_DUCKDB_EXTENSIONS` when that is set, and there alone; or else as DuckDB itself has
 * it, which fetches it once for this machine's user.
 */
export async function loadExtension(duckdb: Loading, name: ExtensionName): Promise<void> {
  const folder = expectSettings().duckdb_extensions;
  if (folder !== undefined) return loadFrom(folder, duckdb, name);
  if (await loads(duckdb, name)) return;
  try {
    await duckdb.run(`install ${name}`);
    await duckdb.run(`load ${name}`);
  } catch (cause) {
    throw new SluiceError('EXTENSION_MISSING', `DuckDB's extension ${name} is not here, and cannot be fetched: ${firstLine(cause)}`, {
      hint: `Without internet put ${fileOf(name)} for DuckDB ${version()} into a folder, and name that in SLUICE_DUCKDB_EXTENSIONS.`,
      cause,
    });
  }
}

/** Loads it where this machine has it already; false where it has not. Nothing is fetched. */
export async function loadExtensionIfHere(duckdb: Loading, name: ExtensionName): Promise<boolean> {
  const folder = expectSettings().duckdb_extensions;
  if (folder === undefined) return loads(duckdb, name);
  if (!existsSync(join(folder, fileOf(name)))) return false;
  await loadFrom(folder, duckdb, name);
  return true;
}

const fileOf = (name: ExtensionName): string => `${FILES[name]}.duckdb_extension`;

const firstLine = (error: unknown): string => messageOf(error).split('\n')[0] ?? '';

async function loads(duckdb: Loading, name: ExtensionName): Promise<boolean> {
  try {
    await duckdb.run(`load ${name}`);
    return true;
  } catch {
    return false;
  }
}

async function loadFrom(folder: string, duckdb: Loading, name: ExtensionName): Promise<void> {
  const file = join(folder, fileOf(name));
  try {
    await duckdb.run(`load ${fileToWrite(file)}`);
  } catch (cause) {
    const why = existsSync(file) ? `${file} cannot be loaded: ${firstLine(cause)}` : `there is no ${file}.`;
    throw new SluiceError('EXTENSION_MISSING', `DuckDB's extension ${name} cannot be used: ${why}`, {
      hint: `Put the file for DuckDB ${version()} into the folder of SLUICE_DUCKDB_EXTENSIONS, or unset that to let DuckDB fetch it.`,
      cause,
    });
  }
}
