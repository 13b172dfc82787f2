import { z } from 'zod';
import { wellFormed } from '../text/safe-text.ts';
import { instant, natural, stored, uuid } from './common.ts';

/** One line that a run wrote. Levels are Python's: 10 debug, 20 info, 30 warning, 40 error, 50 critical. */
export const Log = z.object({
  ...stored,
  name: z.string(),
  level: natural,
  message: z.string(),
  timestamp: instant,
  flow_run_id: uuid.nullable(),
  task_run_id: uuid.nullable(),
});
export type Log = z.infer<typeof Log>;

export const MAX_LOG_BYTES = 1_000_000;

/** A NUL is shown as U+2400, not refused: the rest of the batch must not be lost for it. */
const mended = (max: number) => z.string().max(max).transform(wellFormed);

export const LogCreate = z.object({
  /** Ours: a line that is told twice, since the first answer got lost, is stored once. */
  id: uuid.optional(),
  name: mended(1000),
  level: natural,
  message: mended(MAX_LOG_BYTES),
  timestamp: instant,
  flow_run_id: uuid.nullish(),
  task_run_id: uuid.nullish(),
});
export type LogCreate = z.infer<typeof LogCreate>;
