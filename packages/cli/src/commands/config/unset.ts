import { configFileOf, readConfigFile } from '@sluice/sdk/settings';
import { yes } from '../../change/delete-records.ts';
import { writeConfigFile } from '../../home/config-file.ts';
import { findSetting } from '../../home/find-setting.ts';
import { homeOf } from '../../home/settings.ts';
import { tellOverridden } from '../../home/tell-overridden.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { confirm } from '../../render/confirm.ts';
import { say, tell } from '../../render/message.ts';

export const command = defineCommand({
  arguments: { settings: argument('<KEY...>', 'Settings to remove, by any of their names') },
  options: { yes },
  examples: ['sluice config unset SLUICE_API_URL'],
  run: async ({ args, options }) => {
    const home = homeOf();
    const there = readConfigFile(home);
    const wanted = args.settings.flatMap((key) => findSetting(key).names as readonly string[]);
    const names = wanted.filter((name) => there[name] !== undefined);
    if (names.length === 0) return tell(`${configFileOf(home)} holds none of them.`);
    if (!options.yes && !(await confirm(`Remove ${names.join(', ')} from ${configFileOf(home)}?`))) return tell('Nothing was removed.');
    writeConfigFile(home, new Map(names.map((name) => [name, undefined])));
    for (const name of names) say(`Removed ${name}.`);
    tellOverridden(names);
  },
});
