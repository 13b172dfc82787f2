import { type ResolvedSettings, SETTINGS, type Setting, type SettingName, type SettingSource } from './settings.ts';

/** A setting as people see it. */
export interface ShownSetting {
  /** The variable of the environment that sets it. */
  readonly name: string;
  /** Null when it is not set. Of a secret it says only that it is there, of a database its address. */
  readonly value: string | null;
  readonly source: SettingSource;
  /** What it was found under: a flag, or a variable, which may be one of Prefect's. */
  readonly found_as: string;
  readonly secret: boolean;
  readonly doc: string;
}

const HIDDEN = '********';

export const shownSettings = ({ values, sources }: Pick<ResolvedSettings, 'values' | 'sources'>): (ShownSetting & { readonly key: SettingName })[] =>
  (Object.entries(SETTINGS) as [SettingName, Setting<unknown>][]).map(([key, { names, doc, secret = false }]) => ({
    key,
    name: names[0],
    value: shown(key, values[key], secret),
    source: sources[key].source,
    found_as: sources[key].name,
    secret,
    doc,
  }));

function shown(key: SettingName, value: unknown, secret: boolean): string | null {
  if (value === undefined) return null;
  const text = String(value);
  if (!secret) return text;
  if (key !== 'database_url' || !URL.canParse(text)) return HIDDEN;
  const { protocol, username, host, pathname } = new URL(text);
  return `${protocol}//${username ? `${username}:${HIDDEN}@` : ''}${host}${pathname}`;
}
