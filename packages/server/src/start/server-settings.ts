import type { ServerSetting } from '@sluice/core/model/server-setting';
import { type ResolvedSettings, SETTINGS, type SettingName, type Settings } from '@sluice/core/settings/settings';
import { shownSettings } from '@sluice/core/settings/shown-settings';

/** What the server reads itself. The rest is read by workers, flows and commands, each from its own environment. */
const USED: ReadonlySet<SettingName> = new Set<SettingName>([
  'api_key',
  'auth_string',
  'home',
  'host',
  'port',
  'allow_open',
  'database_url',
  'secret_key',
  'lease_seconds',
  'sweep_seconds',
  'blocks_register_on_start',
  'late_seconds',
  'log_days',
  'event_days',
  'logging_level',
]);

/** Where values came from that a program has given: what is not the default was said there. */
function givenByProgram(values: Settings): ResolvedSettings['sources'] {
  const names = Object.keys(SETTINGS) as SettingName[];
  const sourceOf = (name: SettingName) => (values[name] === SETTINGS[name].fallback ? ('default' as const) : ('flag' as const));
  return Object.fromEntries(names.map((name) => [name, { source: sourceOf(name), name }])) as unknown as ResolvedSettings['sources'];
}

export const serverSettings = (values: Settings, sources = givenByProgram(values)): ServerSetting[] =>
  shownSettings({ values, sources }).map(({ key, ...row }) => ({ ...row, used: USED.has(key) }));
