import { SluiceError } from '@sluice/core/errors/sluice-error';
import { readServerFile, readServicesFile } from '@sluice/server/home';
import { readJobs } from '../etl/jobs/notes.ts';
import { stopJobs } from '../etl/jobs/stop-jobs.ts';
import { readKeptWorkers, stopKeptWorkers } from '../etl/kept-workers.ts';
import { homeOf } from '../home/settings.ts';
import { stopServer, stopServices } from '../home/stop-server.ts';
import { defineCommand } from '../program/define-command.ts';
import { flag } from '../program/options.ts';
import { bytes } from '../render/bytes.ts';
import { confirm } from '../render/confirm.ts';
import { say } from '../render/message.ts';
import { findLeftovers, removeFolders } from '../reset/leftovers.ts';

export const command = defineCommand({
  options: {
    yes: flag('-y, --yes', 'Do not ask'),
    force: flag('--force', 'Stop jobs, workers, services and server of the home first'),
  },
  examples: ['sluice reset', 'sluice reset --yes --force'],
  run: async ({ options }) => {
    const home = homeOf();
    const server = await readServerFile(home);
    const workers = await readKeptWorkers(home);
    const jobs = (await readJobs(home)).live;
    const services = await readServicesFile(home);
    const running = [
      jobs[0] && `a job (process ${jobs[0].pid})`,
      server && `a server (process ${server.pid})`,
      services && `services (process ${services.pid})`,
      workers && `workers (process ${workers})`,
    ].filter((each) => each !== undefined);
    if (running.length > 0 && !options.force) {
      const runs = running.length === 1 && !workers && !services ? 'runs' : 'run';
      throw new SluiceError('HOME_IN_USE', `${sentenceStart(running.join(' and '))} of the home ${home} still ${runs}.`, {
        hint: 'To stop what runs first: sluice reset --force',
      });
    }
    const leftovers = await findLeftovers(home);
    if (leftovers.length === 0) return say(`There is nothing to remove: ${home} does not exist.`);
    const list = leftovers.map((each) => `  ${each.path} (${bytes(each.bytes)})`).join('\n');
    if (!options.yes && !(await confirm(`This removes database, warehouse, logs and settings:\n${list}\nGo on?`))) return say('Nothing was removed.');
    await stopJobs(jobs);
    await stopKeptWorkers(home);
    await stopServices(home);
    await stopServer(home);
    for (const { path, bytes: freed } of await removeFolders(leftovers)) say(`Removed ${path} (${bytes(freed)}).`);
    say(`${bytes(leftovers.reduce((sum, each) => sum + each.bytes, 0))} are free again.`);
  },
});

const sentenceStart = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
