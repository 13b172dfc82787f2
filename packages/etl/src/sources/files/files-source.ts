import type { Source } from '../source.ts';
import { extractAsItIs } from './extract-as-it-is.ts';
import { extractFile } from './extract-file.ts';
import { listFiles } from './list-files.ts';
import { planFile } from './plan-file.ts';

/** A folder: each file of it that can be read is a table, and several may be one. */
export const filesSource = (folder: string): Source => ({
  list: ({ only }) => listFiles(folder, { only }),
  plan: (spec, options) => planFile(folder, spec, options),
  extract: (extraction) => extractAsItIs(extraction, (planned) => extractFile({ ...planned, folder })),
});
