import { defineCommand } from '../../define-command.ts';
import { readKeptWorkers } from '../../etl/kept-workers.ts';
import { say } from '../../render/message.ts';
import { homeOf } from '../../settings.ts';
import { stopServer } from '../../stop-server.ts';

export const command = defineCommand({
  examples: ['sluice server stop', 'SLUICE_HOME=~/other sluice server stop'],
  run: async () => {
    const home = homeOf();
    const pid = await stopServer(home);
    await readKeptWorkers(home);
    say(pid === undefined ? `No server runs on ${home}.` : `The server (process ${pid}) has stopped.`);
  },
});
