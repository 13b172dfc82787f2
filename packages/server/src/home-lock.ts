import { link, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { draftOf, HOME_FOLDER, makeOwnFolder, writeWhole } from '@sluice/home/files';
import { isRunning } from '@sluice/home/processes';

/** Who holds a home: read by `sluice server status` and `stop`. */
export interface ServerFile {
  readonly pid: number;
  /** Tells this life of the pid from an earlier one: ids are used again. */
  readonly born: string;
  readonly url: string | null;
}

const fileOf = (home: string) => join(home, 'server.json');

/** When a process was started, as the kernel counts; empty where that cannot be read. */
export async function bornOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** What a full disk cut off is not the file of a server. */
function parse(text: string): ServerFile | undefined {
  try {
    return JSON.parse(text) as ServerFile;
  } catch {
    return undefined;
  }
}

/** The server that runs on this home, if one does. */
export async function readServerFile(home: string): Promise<ServerFile | undefined> {
  const text = await readFile(fileOf(home), 'utf8').catch(() => undefined);
  const file = text ? parse(text) : undefined;
  if (!file) return undefined;
  return isRunning(file.pid) && file.born === (await bornOf(file.pid)) ? file : undefined;
}

/** Takes a home for this process; a second server on it is refused. What a killed one left behind is taken over. */
export async function lockHome(home: string): Promise<{ tellUrl(url: string): Promise<void>; release(): Promise<void> }> {
  await makeOwnFolder(home, HOME_FOLDER);
  const file = fileOf(home);
  const mine = { pid: process.pid, born: await bornOf(process.pid) };
  const draft = draftOf(file);
  await writeWhole(draft, JSON.stringify({ ...mine, url: null }));
  try {
    for (;;) {
      try {
        await link(draft, file); // fails when the file is there: of two servers that start at once one gets it
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const other = await readServerFile(home);
        if (other) throw inUse(home, other);
        await rm(file, { force: true });
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
  return {
    // Renamed over the old one: a reader that met an empty file would take the home over.
    tellUrl: (url) => writeWhole(file, JSON.stringify({ ...mine, url })),
    release: () => rm(file, { force: true }),
  };
}

const inUse = (home: string, { pid, url }: ServerFile) =>
  new SluiceError('HOME_IN_USE', `Another server (process ${pid}${url ? `, ${url}` : ''}) uses the home ${home}.`, {
    hint: 'Stop it with: sluice server stop. Or give this one a home of its own with SLUICE_HOME.',
  });
