import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type ResolvedSettings, resolveSettings, type SettingName, type Settings } from '@sluice/core/settings/settings';
import { readConfigFile } from './config-file.ts';
import { homeServerUrl } from './home-server.ts';

export { configFileOf, readConfigFile, readConfigText } from './config-file.ts';
export { homeServerUrl } from './home-server.ts';

const toHome = (path: string) => resolve(path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path);

/**
 * Settings of this process: flags over environment over `config.env` in the home over defaults. Where nothing says where the API is,
 * it is that of the server that runs on this home.
 */
export function readSettings(flags: { readonly [N in SettingName]?: string | undefined } = {}): ResolvedSettings {
  const home = toHome(flags.home ?? process.env['SLUICE_HOME'] ?? '~/.sluice');
  const resolved = resolveSettings({ ...flags }, process.env, readConfigFile(home));
  const api_url = (resolved.sources.api_url.source === 'default' && homeServerUrl(home)) || resolved.values.api_url;
  return { ...resolved, values: { ...resolved.values, home, api_url } };
}

/** The same, when a setting that cannot be read is an error: all of them in one. */
export function expectSettings(flags: { readonly [N in SettingName]?: string | undefined } = {}): Settings {
  const { values, problems } = readSettings(flags);
  if (problems.length === 0) return values;
  throw new SluiceError('INVALID_SETTING', `These settings cannot be read: ${problems.join('; ')}.`, {
    hint: 'sluice config view shows where each comes from.',
  });
}

/** Settings of this process as they are now; a process that runs a flow for a worker has the worker's server. */
export const currentSettings = (): Settings => expectSettings();
