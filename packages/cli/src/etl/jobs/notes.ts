import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderOfHome, writeWhole } from '@sluice/home/files';
import { isThere, type ProcessId, parseProcess } from './process-id.ts';
import { JOBS, jobsFolder } from './turn.ts';

/** A `sluice etl` of this home: whose source entry is whose, and whether somebody still needs server and workers. */
export interface JobNote extends ProcessId {
  /** Runs on the home's own server, which it may have in common with others. */
  readonly shared: boolean;
  /** Name of the source whose place it has noted, to be forgotten with it. */
  readonly source: string | null;
  /** The same of a warehouse that is a database; none in a note of an older release. */
  readonly warehouse?: string | null;
  /** Its flow run, once there is one. */
  readonly flow_run: string | null;
  /** Which of the demo's fillings it reads. */
  readonly demo: string | null;
}

/** A process that a job has started for the home. */
export interface Started extends ProcessId {
  /** Stays up when the last job ends. */
  readonly kept: boolean;
}

export interface StartedNote {
  readonly server: Started | null;
  readonly workers: Started | null;
}

const startedFile = (home: string) => join(jobsFolder(home), 'started.json');
const jobFile = (home: string, { pid, born }: ProcessId) => join(jobsFolder(home), `${pid}-${born}.job.json`);

const write = (file: string, value: object): Promise<void> => writeWhole(file, JSON.stringify(value));

export async function writeJob(home: string, note: JobNote): Promise<void> {
  folderOfHome(home, JOBS);
  await write(jobFile(home, note), note);
}

export const removeJob = (home: string, job: ProcessId): Promise<void> => rm(jobFile(home, job), { force: true });

/** All jobs of the home: those that run, and those that were killed before they could tidy up. */
export async function readJobs(home: string): Promise<{ live: JobNote[]; dead: JobNote[] }> {
  const names = (await readdir(jobsFolder(home)).catch(() => [])).filter((name) => name.endsWith('.job.json'));
  const texts = await Promise.all(names.map((name) => readFile(join(jobsFolder(home), name), 'utf8').catch(() => '')));
  const notes = texts.flatMap((text) => (parseProcess(text) ? [JSON.parse(text) as JobNote] : []));
  const there = await Promise.all(notes.map(isThere));
  return { live: notes.filter((_, index) => there[index]), dead: notes.filter((_, index) => !there[index]) };
}

/** What jobs have started and what still runs of it. */
export async function readStarted(home: string): Promise<StartedNote> {
  const text = await readFile(startedFile(home), 'utf8').catch(() => '{}');
  const { server = null, workers = null } = parseStarted(text);
  const alive = async (one: Started | null) => (one && (await isThere(one)) ? one : null);
  return { server: await alive(server), workers: await alive(workers) };
}

function parseStarted(text: string): Partial<StartedNote> {
  try {
    return JSON.parse(text) as Partial<StartedNote>;
  } catch {
    return {};
  }
}

export async function noteStarted(home: string, change: Partial<StartedNote>): Promise<void> {
  const note = { ...(await readStarted(home)), ...change };
  if (note.server || note.workers) await write(startedFile(home), note);
  else await rm(startedFile(home), { force: true });
}
