import { link, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { draftOf, HOME_FOLDER, makeOwnFolder, writeWhole } from '@sluice/home/files';
import { isRunning } from '@sluice/home/processes';

/** Who holds a home, or its services: read by `sluice server status` and `stop`. */
export interface ServerFile {
  readonly pid: number;
  /** Tells this life of the pid from an earlier one: ids are used again. */
  readonly born: string;
  readonly url: string | null;
  /** Whether it runs the loops of services itself. */
  readonly services?: boolean;
}

const SERVER = 'server.json';
const SERVICES = 'services.json';

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
export const readServerFile = (home: string): Promise<ServerFile | undefined> => readHolder(join(home, SERVER));

/** The process of its own that runs the loops of services with this home, if one does. */
export const readServicesFile = (home: string): Promise<ServerFile | undefined> => readHolder(join(home, SERVICES));

async function readHolder(path: string): Promise<ServerFile | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const file = text ? parse(text) : undefined;
  if (!file) return undefined;
  return isRunning(file.pid) && file.born === (await bornOf(file.pid)) ? file : undefined;
}

interface HomeLock {
  release(): Promise<void>;
}

/** Takes a home for this server; a second one on it is refused. What a killed one left behind is taken over. */
export async function lockHome(home: string, about: Pick<ServerFile, 'services'> = {}): Promise<HomeLock & { tellUrl(url: string): Promise<void> }> {
  const services = about.services ? await readServicesFile(home) : undefined;
  if (services) throw servicesInUse(home, services);
  const { file, mine, release } = await take(home, SERVER, about, (other) => inUse(home, other));
  // Renamed over the old one: a reader that met an empty file would take the home over.
  return { release, tellUrl: (url) => writeWhole(file, JSON.stringify({ ...mine, url })) };
}

/** Takes a home for a process that runs the loops of services, beside a server of the home that does not, or beside none. */
export async function lockServices(home: string): Promise<HomeLock> {
  const server = await readServerFile(home);
  if (server?.services) throw runsThem(home, server);
  return take(home, SERVICES, {}, (other) => servicesInUse(home, other));
}

async function take(home: string, name: string, about: Pick<ServerFile, 'services'>, refusal: (other: ServerFile) => SluiceError) {
  await makeOwnFolder(home, HOME_FOLDER);
  const file = join(home, name);
  const mine = { pid: process.pid, born: await bornOf(process.pid), ...about };
  const draft = draftOf(file);
  await writeWhole(draft, JSON.stringify({ ...mine, url: null }));
  try {
    for (;;) {
      try {
        await link(draft, file); // fails when the file is there: of two servers that start at once one gets it
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const other = await readHolder(file);
        if (other) throw refusal(other);
        await rm(file, { force: true });
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
  return { file, mine, release: () => rm(file, { force: true }) };
}

const inUse = (home: string, { pid, url }: ServerFile) =>
  new SluiceError('HOME_IN_USE', `Another server (process ${pid}${url ? `, ${url}` : ''}) uses the home ${home}.`, {
    hint: 'Stop it with: sluice server stop. Or give this one a home of its own with SLUICE_HOME.',
  });

const runsThem = (home: string, { pid }: ServerFile) =>
  new SluiceError('HOME_IN_USE', `The server of the home ${home} (process ${pid}) runs the services itself.`, {
    hint: 'Start it with: sluice server start --no-services. Or leave the services to it.',
  });

const servicesInUse = (home: string, { pid }: ServerFile) =>
  new SluiceError('HOME_IN_USE', `Another process (${pid}) runs the services with the home ${home}.`, {
    hint: 'Stop it with: sluice server services stop. A server beside it is started with: sluice server start --no-services.',
  });
