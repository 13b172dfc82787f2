import { z } from 'zod';
import { STATE_TYPES } from '../model/state-type.ts';

/** So far runs are counted; of more it is told that there are more. */
export const MOST_COUNTED = 10_000;

/** One for each state type, in the order of `STATE_TYPES`. With `more` there are, or there may be, more than were counted. */
export const RunSummary = z.array(z.object({ state_type: z.enum(STATE_TYPES), count: z.int(), more: z.boolean() }));
export type RunSummary = z.infer<typeof RunSummary>;
