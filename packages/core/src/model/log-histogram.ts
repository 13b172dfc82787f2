import { z } from 'zod';
import { instant, natural } from './common.ts';

/** Log lines by level over a span of time, which is cut into intervals of one length. */
export const LogHistogram = z.object({
  intervals: z.array(
    z.object({
      interval_start: instant,
      interval_end: instant,
      /** Levels by tens, as Python has them: 20 stands for 20 to 29. */
      levels: z.array(z.object({ level: natural, count: natural })),
    }),
  ),
  /** The time of the oldest line that was looked at, when there were more than one request looks at; null when these are all. */
  reached: instant.nullable(),
});
export type LogHistogram = z.infer<typeof LogHistogram>;
