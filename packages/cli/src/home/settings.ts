import type { ResolvedSettings, SettingName, SettingSource, Settings } from '@sluice/core/settings/settings';
import { expectSettings, readSettings } from '@sluice/sdk/settings';
import type { Globals } from '../program/define-command.ts';

export interface CliSettings {
  readonly values: Settings;
  readonly sources: ResolvedSettings['sources'];
  /** Where the API's address comes from: the name it was set under, or undefined for the default. */
  readonly apiUrlFrom: string | undefined;
}

export type Flags = { readonly [N in SettingName]?: string | undefined };

/** The settings of this command. */
export async function cliSettings({ apiUrl }: Globals, flags: Flags = {}): Promise<CliSettings> {
  const all: Flags = { ...flags, api_url: apiUrl };
  const values = expectSettings(all);
  const { sources } = readSettings(all);
  const { source, name }: { source: SettingSource; name: string } = sources.api_url;
  if (source === 'default') return { values, sources, apiUrlFrom: undefined };
  return { values, sources, apiUrlFrom: source === 'config.env' ? `${name} in config.env` : name };
}

/** Only where the home is: for commands that must work when other settings cannot be read. */
export const homeOf = (): string => readSettings().values.home;
