import { homeOf } from '../../../home/settings.ts';
import { stopServices } from '../../../home/stop-server.ts';
import { defineCommand } from '../../../program/define-command.ts';
import { say } from '../../../render/message.ts';

export const command = defineCommand({
  examples: ['sluice server services stop', 'SLUICE_HOME=~/other sluice server services stop'],
  run: async () => {
    const home = homeOf();
    const pid = await stopServices(home);
    say(pid === undefined ? `No process of their own runs the services with ${home}.` : `The services (process ${pid}) have stopped.`);
  },
});
