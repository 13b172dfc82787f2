import { type DeploymentConfig, type DeploymentOptions, deploy, expectSettings } from '@sluice/sdk';
import type { TableSpec } from '../model.ts';
import { databaseOf } from '../names/lake-address.ts';
import { defineCleanupFlow1, defineCleanupFlow2 } from './cleanup-flows.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { defineMainEtl } from './main-etl.ts';
import { defineProcessTableEtl } from './process-table-etl.ts';
import { defineQuarantineReplay } from './quarantine-replay.ts';

export interface EtlJobOptions {
  /** Largest first, so that no worker is left with the longest one at the end. */
  readonly tables: readonly TableSpec[];
  /** The module that exports the job's flows: `import.meta.url` there. Workers load them from it. */
  readonly file: string;
}

type Options = Omit<DeploymentOptions<object>, 'name' | 'params' | 'entrypoint'>;

/** What deployments get beyond the job's own options, by flow: pool, limits, environment. */
type OptionsByFlow = { readonly [flow in keyof typeof DEPLOYMENTS]?: Options };

/** The flows leave nothing behind in their process: most of the time of a small table, or of a clean-up, would be to load code again. */
const KEPT = { runsPerProcess: 200 } satisfies Options;

/**
 * The job on a list of tables: one flow run for each, then two clean-ups. Its flows are exported by the module that calls it.
 *
 * @example
 * export const { mainEtl, processTableEtl, cleanupFlow1, cleanupFlow2, quarantineReplay, deployments } = defineEtlJob({ tables, file: import.meta.url });
 */
export function defineEtlJob({ tables, file }: EtlJobOptions) {
  const processTableEtl = defineProcessTableEtl(tables, file);
  const cleanupFlow1 = defineCleanupFlow1(file);
  const cleanupFlow2 = defineCleanupFlow2(file);
  const quarantineReplay = defineQuarantineReplay(file);
  const mainEtl = defineMainEtl(tables, { processTableEtl, cleanupFlow1, cleanupFlow2 }, file);
  /** The flows that read have the addresses of these, and of the one that a run names. */
  const sources = [...new Set(tables.map(({ source }) => source))];

  /** Its deployments, for `sluice.config.ts`. */
  const deployments = (options: OptionsByFlow = {}): DeploymentConfig[] => {
    // A warehouse that all runs have by the setting is found as a source is.
    const { warehouse } = expectSettings();
    const written = warehouse !== undefined && databaseOf(warehouse) !== undefined ? [warehouse] : [];
    const read = [...sources, ...written];
    return [
      deploy(mainEtl, { ...KEPT, sources: read, ...options.mainEtl, name: DEPLOYMENTS.mainEtl }),
      deploy(processTableEtl, { ...KEPT, sources: read, ...options.processTableEtl, name: DEPLOYMENTS.processTableEtl }),
      deploy(cleanupFlow1, { ...KEPT, sources: written, ...options.cleanupFlow1, name: DEPLOYMENTS.cleanupFlow1 }),
      deploy(cleanupFlow2, { ...KEPT, sources: written, ...options.cleanupFlow2, name: DEPLOYMENTS.cleanupFlow2 }),
      deploy(quarantineReplay, { ...KEPT, sources: written, ...options.quarantineReplay, name: DEPLOYMENTS.quarantineReplay }),
    ];
  };
  return { mainEtl, processTableEtl, cleanupFlow1, cleanupFlow2, quarantineReplay, deployments };
}
