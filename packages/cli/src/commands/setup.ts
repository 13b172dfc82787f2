import { defineCommand } from '../program/define-command.ts';
import { output } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { setUp } from '../project/setup.ts';
import { say } from '../render/message.ts';
import { isJson, printRecord } from '../render/print.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice setup', 'SLUICE_WORK_POOL=etl-pool SLUICE_CONCURRENCY_LIMIT=10 sluice setup'],
  run: ({ options, globals }) =>
    withClient(globals, async (client, settings) => {
      if (isJson(options.output)) return printRecord(await setUp(client, settings, () => {}), [], options.output);
      say(`🔗 Sluice server: ${client.apiUrl}`);
      await setUp(client, settings, say);
      say('\n🎉 The server is set up. Next: sluice deploy');
    }),
});
