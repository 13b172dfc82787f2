import type { QuarantinedTable } from '@sluice/etl';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { openWarehouse, WAREHOUSE } from '../../quarantine/open-quarantine.ts';
import { column } from '../../render/column.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: { warehouse: WAREHOUSE, output },
  examples: ['sluice quarantine ls', 'sluice quarantine ls --warehouse ./shop.duckdb -o json'],
  run: async ({ options, globals }) => {
    const destination = await openWarehouse(globals, options.warehouse);
    await printList(await destination.quarantined(), columns, options.output);
  },
});

const columns = [
  column<QuarantinedTable>('Table', ({ table }) => table),
  column<QuarantinedTable>('Rows', ({ rows }) => rows),
  column<QuarantinedTable>('Most often', ({ reason }) => reason),
  column<QuarantinedTable>('Load', ({ load_id }) => load_id),
];
