import { writeFileSync } from 'node:fs';

/** Into the file that the user has named, whatever is there. */
export const writeJsonFile = (path: string, value: unknown): void => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
