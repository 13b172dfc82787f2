import { flow, task } from '@sluice/sdk';
import { z } from 'zod';
import type { TableSpec } from '../model.ts';
import { extractTable } from '../steps/extract-table.ts';
import { isForParts, loadTable } from '../steps/load-table.ts';
import { type PlannedTable, planTable } from '../steps/plan-table.ts';
import { loadOptions } from './load-options.ts';
import { retryDelays } from './retry-delays.ts';
import { findTable } from './table-list.ts';

/** What a run of one table is told. Nothing secret: where a source is, and its password, the workers know. */
const params = z.object({
  table: z.union([z.string(), z.int().min(0)]).describe("A table's name, or its number in the list."),
  source: z.string().optional().describe('A source to read it from that is not in the list.'),
  from: z.string().optional().describe('The files that it is made of, where they are not named like it.'),
  types: z
    .record(z.string(), z.string())
    .optional()
    .describe('Types of its columns in a file, instead of those that the list gives and those that would be guessed.'),
  snapshot: z.string().optional().describe('The job in whose snapshot the table is read: the id of its flow run.'),
  ...loadOptions,
});

/** Decides once how the table is read, so that every try reads it the same way. */
const plan = task({ name: 'plan-table' }, planTable);

/** Verifies and commits: exactly once, however often it is tried. */
const load = task({ name: 'load-table' }, loadTable);

/** Loads one table: planned, read, verified, committed. A run that is done again goes on where it was. */
export function defineProcessTableEtl(tables: readonly TableSpec[], file: string) {
  const delays = retryDelays();

  /** Reads the table into parts. The limit on the tag `database` counts these, over all workers. */
  const sqlQuery = task(
    { name: 'sql-query', tags: ['database'], retries: 2, retryDelay: delays.task, runName: ({ table }: PlannedTable) => `sql-query ${table}` },
    (planned: PlannedTable & { again?: number }, context) => extractTable(planned, context),
  );

  return flow(
    { name: 'process-table-etl', params, retries: 1, retryDelay: delays.flow, file },
    async ({ table, source, from, types, ...options }, { run }) => {
      const spec = findTable(tables, table, source);
      const given = types && { types: { ...spec.types, ...types } };
      const planned = await plan({ ...spec, ...given, ...(from !== undefined && { from }), ...options });
      const extracted = await sqlQuery(planned);
      try {
        return await load(extracted);
      } catch (error) {
        // A run that goes on on another machine finds no parts there.
        if (!isForParts(error)) throw error;
        return await load(await sqlQuery({ ...planned, again: run.attempt }));
      }
    },
  );
}
