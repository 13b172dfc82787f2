import { fileURLToPath } from 'node:url';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { lookForConfigFile } from '../find/config-file.ts';
import { isClone } from '../program/called.ts';
import { loadConfig } from '../project/load-config.ts';
import { MAIN_DEPLOYMENT } from './main-deployment.ts';

/** The configuration of the project around this folder, when the job is among its deployments. */
export async function projectJob(root: string): Promise<string | undefined> {
  const file = lookForConfigFile(root);
  if (file === undefined) return undefined;
  const { config } = await loadConfig(file);
  return config.deployments.some(({ flow, options }) => `${flow.flowName}/${options.name}` === MAIN_DEPLOYMENT) ? file : undefined;
}

/** The configuration that the job is deployed from: the project's own, else that of the ETL's package, which takes any source. */
export const findJob = async (root: string): Promise<string> =>
  (await projectJob(root)) ?? fileURLToPath(import.meta.resolve('@sluice/etl/any-source'));

/** Without a source the job takes the tables of a list: the project's. The clone fills its own with the demo. */
export async function expectTables({ root, dirty }: { readonly root: string; readonly dirty: boolean }): Promise<void> {
  if ((await projectJob(root)) === undefined) {
    throw new SluiceError('USAGE', `No project in ${root} has a job with a list of tables.`, {
      hint: 'Name a source: sluice etl --source postgres://user@host/database, or a folder of CSV, NDJSON and Parquet files.',
    });
  }
  if (dirty && !isClone)
    throw new SluiceError('USAGE', 'Bad rows can only be put into the demo, which is not installed here.', { hint: 'Leave out --dirty.' });
}
