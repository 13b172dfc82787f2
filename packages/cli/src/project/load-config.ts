import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import type { SluiceConfig } from '@sluice/sdk';

export interface LoadedConfig {
  readonly file: string;
  /** Folder of the project: entrypoints are relative to it. */
  readonly root: string;
  readonly config: SluiceConfig;
}

/** Loads a project's configuration. */
export async function loadConfig(path: string): Promise<LoadedConfig> {
  const file = resolve(path);
  if (!existsSync(file)) throw new SluiceError('NOT_FOUND', `There is no file ${file}.`, { hint: 'Name the configuration with --config.' });
  const config = (await load(file))['default'];
  if (!isConfig(config)) {
    throw new SluiceError('ENTRYPOINT_INVALID', `${file} does not export a configuration.`, {
      hint: 'It ends with: export default defineConfig({ deployments: [deploy(myFlow, { name: "mine" })] });',
    });
  }
  return { file, root: dirname(file), config };
}

async function load(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SluiceError('ENTRYPOINT_INVALID', `${file} cannot be loaded: ${messageOf(cause)}${placeOf(cause)}`, { hint: HINTS[code ?? ''], cause });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX:
    'Node only strips types, so enum, namespace and parameter properties do not work. A const object can take the place of an enum.',
  ERR_MODULE_NOT_FOUND: 'Relative imports name the file with its ending, such as ./my-flow.ts; packages must be installed in the project.',
};

/** The place in a file that the error's stack names: before the message for a wrong syntax, else in its first line in a file. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = /^(?:file:\/\/)?(\S+:\d+)\n/.exec(stack) ?? /file:\/\/(\S+:\d+):\d+\)?$/m.exec(stack);
  return place ? ` (${place[1]})` : '';
}

const isConfig = (value: unknown): value is SluiceConfig =>
  isObject(value) &&
  Array.isArray(value['deployments']) &&
  value['deployments'].every((each: unknown) => isObject(each) && typeof each['flow'] === 'function' && isObject(each['options']));
