import { etlPaths } from '@sluice/etl/home';
import { reachWarehouse, warehouseName, warehouseOption } from '../etl/warehouse.ts';
import { cliSettings } from '../home/settings.ts';
import { argument, defineCommand } from '../program/define-command.ts';
import { output, text } from '../program/options.ts';
import { printList } from '../render/print.ts';

export const command = defineCommand({
  arguments: { sql: argument('<sql>', 'A query, in the SQL of DuckDB, or of PostgreSQL where the warehouse is that') },
  options: {
    warehouse: warehouseOption(
      '--warehouse <place>',
      "DuckDB file to read, postgres://user@host/db or ducklake:postgres://…; the home's own when left out",
    ),
    at: text('--at <moment>', 'Of a lake: as it was at this instant, or in the snapshot of this number'),
    output,
  },
  examples: [
    'sluice query "select count(*) from public.flights"',
    'sluice query "from duckdb_tables()" -o json',
    'sluice query "select count(*) from public.flights" --warehouse ducklake:postgres://me@db.example.com/lake --at 2026-11-30T10:00',
  ],
  run: async ({ args, options, globals }) => {
    const { values } = await cliSettings(globals);
    const { destinationAt } = await import('@sluice/etl');
    const warehouse = warehouseName(options.warehouse, values) ?? etlPaths(values.home).warehouse;
    await reachWarehouse(values.home, warehouse);
    const rows = await destinationAt(warehouse, values.home).query(args.sql, { at: options.at });
    const columns = Object.keys(rows[0] ?? {}).map((header) => ({ header, value: (row: Record<string, unknown>) => asText(row[header]) }));
    await printList(rows, columns, options.output);
  },
});

const asText = (value: unknown) => (value === null || typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value));
