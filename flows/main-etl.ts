import { defineEtlJob } from '@sluice/etl';
import { tables } from './tables.ts';

/** The job on the tables of this list. Its flows are exported here, where workers load them. */
export const { mainEtl, processTableEtl, cleanupFlow1, cleanupFlow2, quarantineReplay, deployments } = defineEtlJob({
  tables,
  file: import.meta.url,
});
