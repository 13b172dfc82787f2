import { readServicesFile } from '@sluice/server/home';
import { readKeptWorkers } from '../../etl/kept-workers.ts';
import { homeOf } from '../../home/settings.ts';
import { stopServer } from '../../home/stop-server.ts';
import { defineCommand } from '../../program/define-command.ts';
import { say, tell } from '../../render/message.ts';

export const command = defineCommand({
  examples: ['sluice server stop', 'SLUICE_HOME=~/other sluice server stop'],
  run: async () => {
    const home = homeOf();
    const pid = await stopServer(home);
    await readKeptWorkers(home);
    say(pid === undefined ? `No server runs on ${home}.` : `The server (process ${pid}) has stopped.`);
    const services = await readServicesFile(home);
    if (services) tell(`The services (process ${services.pid}) still run. Stop them with: sluice server services stop`);
  },
});
