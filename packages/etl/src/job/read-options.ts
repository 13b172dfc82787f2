import { z } from 'zod';

/** How the files of a source are written, where the guess is wrong; what a table's line in the list says goes before it. */
export const readOptions = z
  .object({
    csv: z
      .object({
        delimiter: z.string(),
        quote: z.string(),
        header: z.boolean(),
        skip: z.int().min(0),
        comment: z.string(),
        encoding: z.string(),
        nullWords: z.array(z.string()),
        decimal: z.enum(['.', ',']),
      })
      .partial()
      .optional(),
    /** By the name of a column, in each table that has it. */
    types: z.record(z.string(), z.string()).optional(),
    /** Keys of the folders above a file, such as `year=2024/`, become columns. */
    partitions: z.boolean().optional(),
  })
  .optional();
