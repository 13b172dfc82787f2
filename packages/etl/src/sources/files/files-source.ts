import type { Extract } from '../../model.ts';
import type { Extraction, Source } from '../source.ts';
import { extractFile } from './extract-file.ts';
import { FileChanged } from './file-identity.ts';
import { listFiles } from './list-files.ts';
import { planFile } from './plan-file.ts';

/** A folder: each file of it that can be read is a table, and several may be one. */
export const filesSource = (folder: string): Source => ({
  list: ({ only }) => listFiles(folder, { only }),
  plan: (spec, options) => planFile(folder, spec, options),
  extract: (extraction) => extractAsItIs(folder, extraction),
});

/** A file that is written to all the time can be planned for ever. */
const PLANS = 3;

/** Reads a file by its plan, and by a new one where it is not what was planned any more; the notes of that one say so. */
async function extractAsItIs(folder: string, { planAnew, ...extraction }: Extraction): Promise<Extract> {
  let { plan } = extraction;
  for (let plans = 1; ; plans++) {
    try {
      return await extractFile({ ...extraction, plan, folder });
    } catch (error) {
      if (!(error instanceof FileChanged) || plans === PLANS) throw error;
      extraction.context.log.warn('planned again', { table: plan.table, file: error.file });
      const anew = await planAnew();
      plan = { ...anew, notes: [...anew.notes, `${error.file} had changed since it was planned: it was planned again.`] };
    }
  }
}
