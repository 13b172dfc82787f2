import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '@sluice/core/lib/json';

export type Manifest = Readonly<Record<string, unknown>>;

/** The package.json of a folder; an empty one where there is none that can be read. */
export function readManifest(folder: string): Manifest {
  try {
    const read: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return isObject(read) ? read : {};
  } catch {
    return {};
  }
}

/** Names of the packages that a field such as `dependencies` lists. */
export const namesIn = (manifest: Manifest, field: string): string[] => {
  const value = manifest[field];
  return isObject(value) ? Object.keys(value) : [];
};
