import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** Path of a file in an installed package, whether its `exports` name it or not. */
export function packageFile(name: string, file: string): string {
  const found = findPackageJSON(name, import.meta.url);
  if (found === undefined) throw new Error(`The package ${name}, which holds data of the demo, is not installed. Run npm ci.`);
  return join(dirname(found), file);
}

/** JSON of an installed package. Its shape is that of the pinned version. */
export const packageJson = async <T>(name: string, file: string): Promise<T> => JSON.parse(await readFile(packageFile(name, file), 'utf8')) as T;

export const packageVersion = (name: string): string =>
  (JSON.parse(readFileSync(packageFile(name, 'package.json'), 'utf8')) as { version: string }).version;
