import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Destination } from '@sluice/etl';
import { etlPaths } from '@sluice/etl/home';
import { reachWarehouse, warehouseName, warehouseOption } from '../etl/warehouse.ts';
import { notFound } from '../find/or-nearest.ts';
import { cliSettings } from '../home/settings.ts';
import type { Globals } from '../program/define-command.ts';

export const WAREHOUSE = warehouseOption(
  '--warehouse <place>',
  "DuckDB file to look into, postgres://user@host/db or ducklake:postgres://…; the home's own when left out",
);

/** The warehouse that is named, that of the setting, or the one on this machine. */
export async function openWarehouse(globals: Globals, warehouse: string | undefined): Promise<Destination> {
  const { values } = await cliSettings(globals);
  const { destinationAt } = await import('@sluice/etl');
  const name = warehouseName(warehouse, values) ?? etlPaths(values.home).warehouse;
  await reachWarehouse(values.home, name);
  return destinationAt(name, values.home);
}

/** Rows of a table in quarantine; a table that has none is refused with the names of those that have. */
export async function readRowsOf(destination: Destination, table: string) {
  const { parseName, formatName } = await import('@sluice/etl');
  const name = parseName(table);
  if (!name) throw new SluiceError('USAGE', `"${table}" is not the name of a table.`, { hint: 'Write schema and name, such as public.orders.' });
  const rows = await destination.quarantine(name);
  if (rows.length > 0) return { table: formatName(name), rows };
  const names = (await destination.quarantined()).map((each) => each.table);
  throw notFound({ noun: 'table with rows in quarantine', name: formatName(name), listed: 'sluice quarantine ls' }, names);
}
