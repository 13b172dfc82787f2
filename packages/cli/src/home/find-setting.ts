import { SluiceError } from '@sluice/core/errors/sluice-error';
import { SETTINGS, type Setting } from '@sluice/core/settings/settings';
import { suggest } from './unknown-settings.ts';

/** A setting that config.env can hold, by any of its names. */
export function findSetting(key: string): Setting<unknown> {
  const setting = Object.values(SETTINGS).find(({ names }) => (names as readonly string[]).includes(key));
  if (!setting) throw new SluiceError('USAGE', `${key} is not a setting.`, { hint: `${suggest(key)} sluice config view lists them.`.trim() });
  if (setting.names[0] === 'SLUICE_HOME') {
    throw new SluiceError('USAGE', 'SLUICE_HOME says where config.env is, so it cannot be set in it.', { hint: 'Set it in the environment.' });
  }
  return setting;
}
