import { defineConfig, deploy } from '@sluice/sdk';
import { cleanupFlow1 } from './cleanup-flow-1.ts';
import { cleanupFlow2 } from './cleanup-flow-2.ts';
import { mainEtl } from './main-etl.ts';
import { processTableEtl } from './process-table-etl.ts';
import { tables } from './tables.ts';

/** The flows that read have the addresses of these, and of the one that a run names. */
const sources = [...new Set(tables.map(({ source }) => source))];

export default defineConfig({
  deployments: [
    deploy(mainEtl, { name: 'main-etl-deployment', sources }),
    // A table leaves nothing behind in its process: most of a small one's time would be to load code again.
    deploy(processTableEtl, { name: 'process-table-etl-deployment', sources, runsPerProcess: 200 }),
    deploy(cleanupFlow1, { name: 'cleanup-flow-1-deployment' }),
    deploy(cleanupFlow2, { name: 'cleanup-flow-2-deployment' }),
  ],
});
