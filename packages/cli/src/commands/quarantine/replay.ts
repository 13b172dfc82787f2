import type { Client } from '@sluice/client';
import { EXIT } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import { readTypes } from '../../etl/read-options.ts';
import { warehouseName } from '../../etl/warehouse.ts';
import { readResult } from '../../find/result.ts';
import { cliSettings } from '../../home/settings.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { file, list, output } from '../../program/options.ts';
import { WATCH_PATIENCE, withClient } from '../../program/with-client.ts';
import { changedRows, readMendedRows } from '../../quarantine/mended-rows.ts';
import { openWarehouse, readRowsOf, WAREHOUSE } from '../../quarantine/open-quarantine.ts';
import { loadWithTypes, replayRows } from '../../quarantine/start-replay.ts';
import { say, tell } from '../../render/message.ts';
import { isJson } from '../../render/print.ts';
import { followFlowRun } from '../../watch/follow-flow-run.ts';

export const command = defineCommand({
  arguments: { table: argument('<table>', 'The table, by its name in the warehouse') },
  options: {
    file: file('--rows <file>', 'Rows as quarantine show -o jsonl prints them, with `raw` mended; - for standard input. Others are left alone'),
    rows: list('--row <id=text>', 'One row and the text that is loaded in its place; can be given more than once'),
    types: list('--type <column=type>', 'Load the whole table again with this type of a column; can be given more than once'),
    warehouse: WAREHOUSE,
    output,
  },
  examples: [
    'sluice quarantine replay public.zipcodes --rows rows.jsonl',
    "sluice quarantine replay public.zipcodes --row '506c8c6cc7c5=99001,40.9,-72.6,Holtsville,NY,Suffolk'",
    'sluice quarantine replay public.zipcodes --type latitude=varchar',
  ],
  run: async ({ args, options: { file: path, rows: single, types, warehouse: named, output: format }, globals }) => {
    const mended = readMendedRows({ file: path, single });
    const given = readTypes(types);
    if (mended.length > 0 === types.length > 0) throw wrongUsage();
    const { table, rows } = await readRowsOf(await openWarehouse(globals, named), args.table);
    const changed = changedRows(mended, rows);
    if (mended.length > 0 && changed.length === 0) throw nothingMended(table);
    const warehouse = warehouseName(named, (await cliSettings(globals)).values);
    const start = (client: Client) =>
      types.length > 0 ? loadWithTypes(client, table, given, warehouse) : replayRows(client, table, changed, warehouse);
    const run = await withClient(globals, start);
    (isJson(format) ? tell : say)(`Created flow run '${run.name}' (${run.id}).`);
    return withClient(
      globals,
      async (client) => {
        const code = await followFlowRun(client, run.id, { format });
        return code === EXIT.ok ? await tellRefused(client, run.id) : code;
      },
      { patienceSeconds: WATCH_PATIENCE },
    );
  },
});

/** Rows that could not be loaded this time either, one by one: then not all of what was asked for is done. */
async function tellRefused(client: Client, id: string): Promise<number> {
  const { state } = await client.request('GET /flow_runs/{id}', { params: { id } });
  const result = await readResult(client, state);
  const refused = isObject(result) && Array.isArray(result['refused']) ? result['refused'] : [];
  for (const row of refused) if (isObject(row)) tell(`Row ${row['id']} stays in quarantine: ${row['reason']}.`);
  return refused.length > 0 ? EXIT.failed : EXIT.ok;
}

const wrongUsage = () =>
  new SluiceError('USAGE', 'Say what is mended: rows, by --rows or --row, or the type of a column, by --type; not both.', {
    hint: 'sluice quarantine show TABLE -o jsonl > rows.jsonl writes all rows into a file. Change what is wrong in it, and give it as --rows.',
  });

const nothingMended = (table: string) =>
  new SluiceError('USAGE', `No row of ${table} is another than in the quarantine: there is nothing to load.`, {
    hint: 'Change the text `raw` of the rows that you mend.',
  });
