import { join, resolve } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { embeddedSource, writeSource } from '@sluice/etl/locations';
import { folderOf, isDatabase, isRemote } from '@sluice/etl/source-kinds';
import { embeddedUrl, ensureDatabase } from '@sluice/server';
import type { Membership } from './jobs/membership.ts';
import { noteSource } from './jobs/sources.ts';
import { withPassword } from './warehouse.ts';

/** What the job reads: the demo's tables, or everything in a source of the user's own. */
export interface JobSource {
  /** Name of the source whose tables are all taken; undefined for the list that the project keeps. */
  readonly name: string | undefined;
  /** Share of the rows that a run is to take of its tables. */
  readonly sample: number;
}

/** What a source must know of the jobs of the home. */
type JobsSources = Pick<Membership, 'others' | 'note'> & { readonly keep: boolean };

/**
 * A database by its URL, or a folder with files, as `checkSource` has let it through: its own name in runs. The password, where one is needed, stands in a
 * file that only the home's owner can read, as long as the job runs.
 */
export async function useGivenSource(home: string, text: string, sample: number, job: JobsSources): Promise<JobSource> {
  // Its keys are in the environment of the workers.
  if (isRemote(text)) return { name: text, sample };
  if (!isDatabase(text)) return { name: resolve(folderOf(text)), sample };
  const url = await withPassword(text);
  await noteSource(home, text, url, await job.others());
  if (!job.keep) await job.note({ source: text });
  return { name: text, sample };
}

/** The same of a database that is the warehouse. */
export async function useGivenWarehouse(home: string, name: string, job: JobsSources): Promise<void> {
  const url = await withPassword(name);
  await noteSource(home, name, url, await job.others());
  if (!job.keep) await job.note({ warehouse: name });
}

export interface DemoOptions {
  readonly home: string;
  /** The server's own database, when it is not the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly sample: number;
  readonly dirty: boolean;
  readonly onProgress: (text: string) => void;
  /** Given up on the way, it is filled again by the next job. */
  readonly signal?: AbortSignal | undefined;
  /** Left out by whoever is not a job. */
  readonly job?: Pick<Membership, 'others' | 'note'>;
}

/**
 * The demo's 20 tables: 17 in a database of their own beside the server's, three as files. Filled once, then found as they are;
 * a sample, or one with bad rows, stands beside the whole.
 */
export async function useDemoSource({ home, databaseUrl, dirty, sample, onProgress, signal, job }: DemoOptions): Promise<JobSource> {
  const { seedDemo } = await loadDemo();
  const variant = `${sample < 1 ? `_${String(sample).replace('.', '_')}` : ''}${dirty ? '_dirty' : ''}`;
  const database = `source${variant}`;
  if (job) await expectSameDemo(job, database);
  const urlOf = async (name: string) => (databaseUrl ? Object.assign(new URL(databaseUrl), { pathname: `/${name}` }).href : embeddedUrl(home, name));
  const folder = join(home, `demo${variant}`);
  await ensureDatabase(databaseUrl ?? (await urlOf('postgres')), database);
  const postgresUrl = await urlOf(database);
  await seedDemo({
    postgresUrl,
    folder,
    sample,
    dirty,
    signal,
    onProgress: ({ table, done, total }) => onProgress(`Filling the source, once: ${table}, ${done} of ${total}`),
  });
  await writeSource(home, 'demo', databaseUrl ? postgresUrl : embeddedSource(database));
  await writeSource(home, 'demo-files', folder);
  return { name: undefined, sample: 1 };
}

/** Runs know the demo by its name: it cannot be whole for one job and a sample for another at the same time. */
async function expectSameDemo(job: Pick<Membership, 'others' | 'note'>, demo: string): Promise<void> {
  const other = (await job.others()).find((each) => each.demo !== null && each.demo !== demo);
  if (other) {
    throw new SluiceError('CONFLICT', `Another job (process ${other.pid}) reads the demo with another --sample or --dirty.`, {
      hint: 'Wait until it has ended, or give this job a home of its own with SLUICE_HOME.',
    });
  }
  await job.note({ demo });
}

/** The demo's data comes with a clone, not with the installed product. */
async function loadDemo() {
  try {
    return await import('@sluice/demo');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new SluiceError('USAGE', 'The tables of the demo are not installed here.', {
      hint: 'Load your own: sluice etl --source postgres://user@host/database, or a folder of CSV, NDJSON and Parquet files.',
      cause: error,
    });
  }
}
