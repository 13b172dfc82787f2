import { EXIT } from '@sluice/core/errors/catalog';
import { readConfigFile, readSettings } from '@sluice/sdk/settings';
import { unknownSettings } from '../../home/unknown-settings.ts';
import { defineCommand } from '../../program/define-command.ts';
import { say, tell } from '../../render/message.ts';

export const command = defineCommand({
  examples: ['sluice config validate'],
  run: async ({ globals }) => {
    const { problems, values } = readSettings({ api_url: globals.apiUrl });
    const unknown = unknownSettings([...Object.keys(process.env), ...Object.keys(readConfigFile(values.home))]);
    for (const sentence of [...problems, ...unknown]) tell(sentence);
    if (problems.length + unknown.length > 0) return EXIT.usage;
    say('All settings can be read.');
    return EXIT.ok;
  },
});
