import { defineConfig, deploy } from '@sluice/sdk';
import { cleanupFlow1 } from './cleanup-flow-1.ts';
import { cleanupFlow2 } from './cleanup-flow-2.ts';
import { mainEtl } from './main-etl.ts';
import { processTableEtl } from './process-table-etl.ts';

export default defineConfig({
  deployments: [
    deploy(mainEtl, { name: 'main-etl-deployment' }),
    // A table leaves nothing behind in its process: most of a small one's time would be to load code again.
    deploy(processTableEtl, { name: 'process-table-etl-deployment', runsPerProcess: 20 }),
    deploy(cleanupFlow1, { name: 'cleanup-flow-1-deployment' }),
    deploy(cleanupFlow2, { name: 'cleanup-flow-2-deployment' }),
  ],
});
