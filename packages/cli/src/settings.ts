import type { SettingName, SettingSource, Settings } from '@sluice/core/settings/settings';
import { expectSettings, readSettings } from '@sluice/sdk/settings';
import { readServerFile } from '@sluice/server/home';
import type { Globals } from './define-command.ts';

export interface CliSettings {
  readonly values: Settings;
  /** Why the API is where it is: the name it was set under, or undefined for the default. */
  readonly apiUrlFrom: string | undefined;
}

export type Flags = { readonly [N in SettingName]?: string | undefined };

/** Where the server of this home listens, when one runs: it may have taken another port than the default. */
export async function ownServerUrl(home: string): Promise<string | undefined> {
  return (await readServerFile(home))?.url ?? undefined;
}

/** The settings of this command. When nothing says where the API is, it is that of the server that runs on this home. */
export async function cliSettings({ apiUrl }: Globals, flags: Flags = {}): Promise<CliSettings> {
  const all: Flags = { ...flags, api_url: apiUrl };
  const values = expectSettings(all);
  const { source, name }: { source: SettingSource; name: string } = readSettings(all).sources.api_url;
  if (source !== 'default') return { values, apiUrlFrom: source === 'config.env' ? `${name} in config.env` : name };
  const url = await ownServerUrl(values.home);
  return { values: { ...values, api_url: url ?? values.api_url }, apiUrlFrom: undefined };
}

/** Only where the home is: for commands that must work when other settings cannot be read. */
export const homeOf = (): string => readSettings().values.home;
