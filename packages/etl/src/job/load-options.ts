import { z } from 'zod';
import { readOptions } from './read-options.ts';

/** How tables are loaded: what the job is told, and hands on to the run of each table. */
export const loadOptions = {
  warehouse: z.string().optional().describe("Path of the warehouse file; the home's own when left out."),
  verify: z.enum(['sums', 'full']).default('sums').describe('Compare counts and sums, or the md5 of every row too.'),
  sample: z.number().positive().max(1).default(1).describe('Only this share of the rows, such as 0.01.'),
  into: z.string().optional().describe("Schema of the warehouse to load into, instead of the source's own."),
  overwrite: z.boolean().default(false).describe('Also replace tables that were loaded from another source.'),
  lane: z
    .enum(['copy', 'scan'])
    .optional()
    .describe(
      "How rows of PostgreSQL come: as text by COPY, or through DuckDB's own reader. The quicker of those that keep every value, when left out.",
    ),
  read: readOptions,
};
