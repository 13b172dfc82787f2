import { SluiceError } from '@sluice/core/errors/sluice-error';
import { configFileOf } from '@sluice/sdk/settings';
import { writeConfigFile } from '../../home/config-file.ts';
import { findSetting } from '../../home/find-setting.ts';
import { homeOf } from '../../home/settings.ts';
import { tellOverridden } from '../../home/tell-overridden.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { say } from '../../render/message.ts';

export const command = defineCommand({
  arguments: { settings: argument('<KEY=VALUE...>', 'Settings to write; KEY= removes one') },
  examples: [
    'sluice config set SLUICE_API_URL=https://your-server.com/api',
    'sluice config set SLUICE_CONCURRENCY_LIMIT=10',
    'sluice config set SLUICE_API_KEY=',
  ],
  run: async ({ args }) => {
    const home = homeOf();
    const changes = new Map(args.settings.map(readSetting));
    writeConfigFile(home, changes);
    for (const [name, value] of changes) say(value === undefined ? `Removed ${name}.` : `Set ${name}.`);
    say(`It is stored in ${configFileOf(home)}; the environment overrides it.`);
    tellOverridden(changes.keys());
  },
});

/** `KEY=VALUE` as our name of the setting and its text, or undefined for one that is to be removed. */
function readSetting(text: string): [name: string, value: string | undefined] {
  const at = text.indexOf('=');
  if (at < 1)
    throw new SluiceError('USAGE', `"${text}" is not of the form KEY=VALUE.`, { hint: 'For example: sluice config set SLUICE_WORK_POOL=etl-pool' });
  const key = text.slice(0, at);
  const value = text.slice(at + 1);
  const setting = findSetting(key);
  const [name] = setting.names;
  if (value === '') return [name, undefined];
  try {
    setting.parse(value);
  } catch (cause) {
    throw new SluiceError('INVALID_SETTING', `${name} cannot be ${setting.secret ? 'that' : `"${value}"`}: ${(cause as Error).message}.`, {
      cause,
      hint: 'sluice config view shows its value now.',
    });
  }
  return [name, value];
}
