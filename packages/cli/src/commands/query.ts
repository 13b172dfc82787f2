import { etlPaths } from '@sluice/etl/home';
import { cliSettings } from '../home/settings.ts';
import { argument, defineCommand } from '../program/define-command.ts';
import { file, output } from '../program/options.ts';
import { printList } from '../render/print.ts';

export const command = defineCommand({
  arguments: { sql: argument('<sql>', 'A query, in DuckDB’s SQL') },
  options: { warehouse: file('--warehouse <file>', "DuckDB file to read; the home's own when left out"), output },
  examples: ['sluice query "select count(*) from public.flights"', 'sluice query "from duckdb_tables()" -o json'],
  run: async ({ args, options, globals }) => {
    const { values } = await cliSettings(globals);
    const { destinationAt } = await import('@sluice/etl');
    const rows = await destinationAt(options.warehouse ?? etlPaths(values.home).warehouse).query(args.sql);
    const columns = Object.keys(rows[0] ?? {}).map((header) => ({ header, value: (row: Record<string, unknown>) => asText(row[header]) }));
    await printList(rows, columns, options.output);
  },
});

const asText = (value: unknown) => (value === null || typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value));
