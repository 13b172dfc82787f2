import type { QuarantineRow } from '@sluice/core/model/table-load';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output, whole } from '../../program/options.ts';
import { openWarehouse, readRowsOf, WAREHOUSE } from '../../quarantine/open-quarantine.ts';
import { column } from '../../render/column.ts';
import { isJson, printList } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { table: argument('<table>', 'The table, by its name in the warehouse') },
  options: {
    limit: whole('--limit <number>', 'At most so many; all as JSON', undefined),
    warehouse: WAREHOUSE,
    output,
  },
  examples: ['sluice quarantine show public.zipcodes', 'sluice quarantine show public.zipcodes -o jsonl > rows.jsonl'],
  run: async ({ args, options, globals }) => {
    const { rows } = await readRowsOf(await openWarehouse(globals, options.warehouse), args.table);
    const limit = options.limit ?? (isJson(options.output) ? rows.length : SHOWN);
    await printList(rows.slice(0, limit), columns, options.output);
    if (rows.length > limit) process.stderr.write(`And ${rows.length - limit} more: --limit ${rows.length} shows all.\n`);
  },
});

const SHOWN = 100;

const columns = [
  column<QuarantineRow>('Id', ({ id }) => id),
  column<QuarantineRow>('Line', ({ line }) => line),
  column<QuarantineRow>('Column', ({ column: name }) => name),
  column<QuarantineRow>('Reason', ({ reason }) => reason),
  column<QuarantineRow>('Raw text', ({ raw, mended }) => mended ?? raw),
  column<QuarantineRow>('Load', ({ load_id }) => load_id),
];
