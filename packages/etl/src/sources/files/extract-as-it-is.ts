import type { Extract } from '../../model.ts';
import type { Extraction } from '../source.ts';
import { FileChanged } from './file-identity.ts';

/** A file that is written to all the time can be planned for ever. */
const PLANS = 3;

/** Reads a file by its plan, and by a new one where it is not what was planned any more; the notes of that one say so. */
export async function extractAsItIs(
  { planAnew, ...extraction }: Extraction,
  extract: (extraction: Omit<Extraction, 'planAnew'>) => Promise<Extract>,
): Promise<Extract> {
  let { plan } = extraction;
  for (let plans = 1; ; plans++) {
    try {
      return await extract({ ...extraction, plan });
    } catch (error) {
      if (!(error instanceof FileChanged) || plans === PLANS) throw error;
      extraction.context.log.warn('planned again', { table: plan.table, file: error.file });
      const anew = await planAnew();
      plan = { ...anew, notes: [...anew.notes, `${error.file} had changed since it was planned: it was planned again.`] };
    }
  }
}
