import { SluiceError } from '@sluice/core/errors/sluice-error';
import { readServerFile } from '@sluice/server/home';
import { readJobs } from '../etl/jobs/notes.ts';
import { stopJobs } from '../etl/jobs/stop-jobs.ts';
import { readKeptWorkers, stopKeptWorkers } from '../etl/kept-workers.ts';
import { homeOf } from '../home/settings.ts';
import { stopServer } from '../home/stop-server.ts';
import { defineCommand } from '../program/define-command.ts';
import { flag } from '../program/options.ts';
import { bytes } from '../render/bytes.ts';
import { confirm } from '../render/confirm.ts';
import { say } from '../render/message.ts';
import { findLeftovers, removeFolders } from '../reset/leftovers.ts';

export const command = defineCommand({
  options: {
    yes: flag('-y, --yes', 'Do not ask'),
    force: flag('--force', 'Stop jobs, server and workers of the home first'),
  },
  examples: ['sluice reset', 'sluice reset --yes --force'],
  run: async ({ options }) => {
    const home = homeOf();
    const server = await readServerFile(home);
    const workers = await readKeptWorkers(home);
    const jobs = (await readJobs(home)).live;
    if ((server || workers || jobs.length > 0) && !options.force) {
      const many = workers !== undefined || jobs.length > 0;
      throw new SluiceError('HOME_IN_USE', `${inWords(server?.pid, workers, jobs[0]?.pid)} of the home ${home} still ${many ? 'run' : 'runs'}.`, {
        hint: 'To stop what runs first: sluice reset --force',
      });
    }
    const leftovers = await findLeftovers(home);
    if (leftovers.length === 0) return say(`There is nothing to remove: ${home} does not exist.`);
    const list = leftovers.map((each) => `  ${each.path} (${bytes(each.bytes)})`).join('\n');
    if (!options.yes && !(await confirm(`This removes database, warehouse, logs and settings:\n${list}\nGo on?`))) return say('Nothing was removed.');
    await stopJobs(jobs);
    await stopKeptWorkers(home);
    await stopServer(home);
    for (const { path, bytes: freed } of await removeFolders(leftovers)) say(`Removed ${path} (${bytes(freed)}).`);
    say(`${bytes(leftovers.reduce((sum, each) => sum + each.bytes, 0))} are free again.`);
  },
});

function inWords(server: number | undefined, workers: number | undefined, job: number | undefined): string {
  const found = [job && `a job (process ${job})`, server && `a server (process ${server})`, workers && `workers (process ${workers})`];
  const all = found.filter(Boolean).join(' and ');
  return `${all.charAt(0).toUpperCase()}${all.slice(1)}`;
}
