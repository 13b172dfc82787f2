import { z } from 'zod';
import { readOptions } from './read-options.ts';

/** How tables are loaded: what the job is told, and hands on to the run of each table. */
export const loadOptions = {
  /** Path of the warehouse file; the home's own when left out. */
  warehouse: z.string().optional(),
  verify: z.enum(['sums', 'full']).default('sums'),
  sample: z.number().positive().max(1).default(1),
  /** Schema of the warehouse to load into, instead of the source's own. */
  into: z.string().optional(),
  /** Also replace tables that were loaded from another source. */
  overwrite: z.boolean().default(false),
  read: readOptions,
};
