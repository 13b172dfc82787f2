import { expectSettings } from '@sluice/sdk';
import type { Destination } from '../destinations/destination.ts';
import { destinationAt } from '../destinations/table.ts';
import { etlPaths } from '../home.ts';

/** The warehouse that is named, that of the setting, or the home's own. */
export const destinationOf = (home: string, warehouse: string | undefined): Destination => destinationAt(warehouseOf(home, warehouse), home);

export const warehouseOf = (home: string, warehouse: string | undefined): string =>
  warehouse ?? expectSettings().warehouse ?? etlPaths(home).warehouse;
