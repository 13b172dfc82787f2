import { readFileSync } from 'node:fs';

/** The release that this worker is of. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
