import { MAIN_DEPLOYMENT } from '../etl/main-deployment.ts';
import { cliSettings } from '../home/settings.ts';
import { called } from '../program/called.ts';
import { defineCommand } from '../program/define-command.ts';
import { flag, share } from '../program/options.ts';
import { say } from '../render/message.ts';

export const command = defineCommand({
  options: {
    sample: share('--sample <share>', 'Only this share of the rows, such as 0.01'),
    dirty: flag('--dirty', 'With a known number of bad rows'),
  },
  examples: ['sluice demo', 'sluice demo --sample 0.01'],
  run: async ({ options: { sample, dirty }, globals }) => {
    const { values } = await cliSettings(globals);
    const { useDemoSource } = await import('../etl/source.ts');
    await useDemoSource({ home: values.home, databaseUrl: values.database_url, sample, dirty, onProgress: say });
    say(`The 20 tables of the demo are there: 17 in a database, three as files. Next: ${called(`deployment run ${MAIN_DEPLOYMENT}`)}`);
  },
});
