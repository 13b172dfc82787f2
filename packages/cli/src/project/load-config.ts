import { dirname, resolve } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import type { SluiceConfig } from '@sluice/sdk';
import { loadModule } from './load-module.ts';

export interface LoadedConfig {
  readonly file: string;
  /** Folder of the project: entrypoints are relative to it. */
  readonly root: string;
  readonly config: SluiceConfig;
}

/** Loads a project's configuration. */
export async function loadConfig(path: string): Promise<LoadedConfig> {
  const file = resolve(path);
  const config = (await loadModule(file, 'Name the configuration with --config.'))['default'];
  if (!isConfig(config)) {
    throw new SluiceError('ENTRYPOINT_INVALID', `${file} does not export a configuration.`, {
      hint: 'It ends with: export default defineConfig({ deployments: [deploy(myFlow, { name: "mine" })] });',
    });
  }
  return { file, root: dirname(file), config };
}

const isConfig = (value: unknown): value is SluiceConfig =>
  isObject(value) &&
  Array.isArray(value['deployments']) &&
  value['deployments'].every((each: unknown) => isObject(each) && typeof each['flow'] === 'function' && isObject(each['options']));
