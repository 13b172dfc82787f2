import { defineConfig } from '@sluice/sdk';
import { defineEtlJob } from './define-etl-job.ts';

/*
 * The job without a list, for the tables of whatever source a run names. It is deployed where no project has a job of its own: this
 * module is that project's configuration, and the one that workers load.
 */
export const { mainEtl, processTableEtl, cleanupFlow1, cleanupFlow2, quarantineReplay, deployments } = defineEtlJob({
  tables: [],
  file: import.meta.url,
});

// biome-ignore lint/style/noDefaultExport: the configuration of a project is its default export
export default defineConfig({ deployments: deployments() });
