import { SluiceError } from '@sluice/core/errors/sluice-error';
import { readSource, writeSource } from '@sluice/etl/locations';
import { type JobNote, readJobs, removeJob } from './notes.ts';

/** What a job has noted: its source, and its warehouse where that is a database. */
const namesOf = ({ source, warehouse }: JobNote): string[] => [source, warehouse].filter((name) => typeof name === 'string');

/** Notes where a job's source is. Two jobs may read one source, but not with two passwords: runs know it by its name alone. Called in turn. */
export async function noteSource(home: string, name: string, text: string, others: readonly JobNote[]): Promise<void> {
  const other = others.find((job) => namesOf(job).includes(name));
  if (other && (await readSource(home, name)) !== text) {
    throw new SluiceError('CONFLICT', `Another job (process ${other.pid}) uses ${name} with another password.`, {
      hint: 'Wait until it has ended, or give this job a home of its own with SLUICE_HOME.',
    });
  }
  await writeSource(home, name, text);
}

/** Forgets the sources of jobs that are over, but for those that another job reads, and the jobs themselves. Called in turn. */
export async function forgetSources(home: string, jobs: readonly JobNote[]): Promise<void> {
  for (const job of jobs) await removeJob(home, job);
  const needed = new Set((await readJobs(home)).live.flatMap(namesOf));
  for (const name of jobs.flatMap(namesOf)) if (!needed.has(name)) await writeSource(home, name, undefined);
}
