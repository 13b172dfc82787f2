import { forgetApiSettings } from '../../etl/forget-api-settings.ts';
import { readNamedTables } from '../../etl/named-tables.ts';
import type { AtOnce } from '../../etl/processes.ts';
import { READ_OPTIONS, toReadParameter } from '../../etl/read-options.ts';
import { warehouseName, warehouseOption } from '../../etl/warehouse.ts';
import { cliSettings } from '../../home/settings.ts';
import { defineCommand } from '../../program/define-command.ts';
import { choice, flag, list, output, share, text, whole } from '../../program/options.ts';
import { onStopSignals } from '../../program/stop-signals.ts';
import { isJson } from '../../render/print.ts';

export const command = defineCommand({
  options: {
    source: text(
      '--source <place>',
      'Move these tables instead of the demo: postgres://user@host/db, sqlite:///srv/shop.db, or a folder of CSV, NDJSON and Parquet files',
    ),
    named: list(
      '--table <name=files>',
      "Only this table, made of one file, of all files below a folder, or of the files of a pattern: 'orders=orders-*.csv'; can be given more than once",
    ),
    only: text('--only <patterns>', "Only these tables, of the source or of the list: 'public.orders,sales.*'"),
    warehouse: warehouseOption(
      '--warehouse <place>',
      'DuckDB file to load into, postgres://user@host/db, or ducklake:postgres://user@host/db?data_path=/folder',
    ),
    into: text('--into <schema>', "Schema of the warehouse to load into, instead of the source's own"),
    overwrite: flag('--overwrite', 'Also replace tables that were loaded from another source, and, in PostgreSQL, that no load has made'),
    snapshot: flag('--snapshot', 'Read all tables of a database in one snapshot'),
    tables: whole('--tables <number>', 'Only this many tables, the first ones', undefined),
    sample: share('--sample <share>', 'Take only this share of the rows, such as 0.01'),
    dirty: flag('--dirty', 'Put a known number of bad rows into the demo'),
    verify: choice('--verify <how>', 'Compare counts and sums, or the md5 of every row too', ['sums', 'full']),
    lane: choice(
      '--lane <way>',
      "How rows of PostgreSQL come: as text by COPY, or through DuckDB's own reader; the quicker of those that keep every value, when left out",
      ['copy', 'scan'],
    ),
    workers: whole('--workers <number>', 'Workers to start', 3),
    keep: flag('--keep', 'Leave the server and the workers running'),
    plan: flag('--plan', 'Show how each table would be read, with columns, types and notes, and load nothing'),
    ...READ_OPTIONS,
    output,
  },
  examples: [
    'sluice etl',
    'sluice etl --tables 3 --sample 0.01',
    "sluice etl --only 'public.c*'",
    "sluice etl --source postgres://me@db.example.com/shop --only 'public.*'",
    'sluice etl --source ./exports --warehouse postgres://me@db.example.com/reports --into sales',
    'sluice etl --source ./exports --plan',
    "sluice etl --source ./exports --table 'orders=orders/*.csv' --partitions",
    "sluice etl --source ./exports --delimiter ';' --decimal , --type zip=varchar",
    'sluice etl -o json > report.json',
  ],
  run: async ({ options: { output: format, verify, warehouse, named: tables, ...options }, globals }) => {
    const read = toReadParameter(options);
    const named = readNamedTables(tables, options.source);
    if (globals.apiUrl === undefined) forgetApiSettings();
    const { values: settings } = await cliSettings(globals);
    const { runEtl } = await import('../../etl/run-etl.ts');
    const stop = new AbortController();
    const atOnce: AtOnce = new Set();
    const signals = onStopSignals(
      () => stop.abort(),
      () => Promise.all([...atOnce].map((end) => end())),
    );
    try {
      const root = process.cwd();
      const code = await runEtl({
        ...options,
        settings,
        root,
        warehouse: warehouseName(warehouse, settings),
        apiUrl: globals.apiUrl,
        read,
        named,
        verify: verify ?? 'sums',
        json: isJson(format),
        signal: stop.signal,
        atOnce,
      });
      // What was given up on the way, such as to fill the source, is not waited for.
      if (stop.signal.aborted) process.exit(code);
      return code;
    } finally {
      signals.forget();
    }
  },
});
