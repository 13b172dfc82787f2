import { resolve } from 'node:path';
import { duckdbType } from '../../duckdb/own-type.ts';
import type { Destination } from '../destination.ts';
import { refuseMoment } from '../refuse-moment.ts';
import { addMended } from './add-mended.ts';
import { commitLoad } from './commit.ts';
import { placeFault } from './place-fault.ts';
import { presentTablesOf } from './present-tables.ts';
import { publishWarehouse } from './publish.ts';
import { listQuarantine, mendableOf, queryWarehouse, readQuarantine } from './read.ts';
import { tidyWarehouse } from './tidy.ts';
import { expectWarehousePath } from './warehouse-path.ts';

/** A file of DuckDB: the warehouse. Data and ledger are written in one transaction. */
export const duckdbDestination = (file: string): Destination => ({
  place: resolve(file),
  writers: 1,
  expectUsable: () => expectWarehousePath(file),
  placeFault,
  typeOf: duckdbType,
  present: (signal) => presentTablesOf(file, signal),
  commit: (request) => commitLoad({ ...request, warehouse: file }),
  publish: (context) => publishWarehouse({ warehouse: file, context }),
  tidy: (context) => tidyWarehouse(file, context),
  query: async (sql, { at } = {}) => {
    refuseMoment(at, 'A DuckDB file');
    return await queryWarehouse(file, sql);
  },
  quarantined: () => listQuarantine(file),
  quarantine: (table) => readQuarantine(file, table),
  mendable: (table) => mendableOf(file, table),
  addMended: (request) => addMended({ ...request, warehouse: file }),
});
