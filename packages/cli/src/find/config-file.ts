import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';

const NAMES = ['sluice.config.ts', 'sluice.config.mts', 'sluice.config.js', 'sluice.config.mjs'] as const;
/** Beside the folder itself: where a project keeps its flows. */
const FOLDERS = ['.', 'flows'] as const;

/** The sluice.config file in a folder or its flows folder. */
export function configIn(folder: string): string | undefined {
  return FOLDERS.flatMap((inner) => NAMES.map((name) => join(folder, inner, name))).find((file) => existsSync(file));
}

/** The nearest sluice.config file: in this folder or its flows folder, or in one above. */
export function lookForConfigFile(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = configIn(folder);
    if (found) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The same, where there must be one. */
export function findConfigFile(from: string): string {
  const file = lookForConfigFile(from);
  if (file !== undefined) return file;
  throw new SluiceError('NOT_FOUND', `There is no sluice.config.ts in ${resolve(from)}, in its folder flows, or above.`, {
    hint: 'Go to the project, or name the file with --config.',
  });
}
