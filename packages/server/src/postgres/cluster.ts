import { randomBytes } from 'node:crypto';
import { lchown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { HOME_FOLDER, makeOwnFolder, writeWhole } from '@sluice/home/files';
import { isRunning } from '@sluice/home/processes';
import { freePort } from '../lib/free-port.ts';
import { POSTGRES_MAJOR, postgresBinaries } from './binaries.ts';
import { type Postmaster, readPostmaster, startPostmaster, stopPostmaster } from './postmaster.ts';
import { run } from './run.ts';
import { dataHome, makeOwnedFolder, type PostgresUser, postgresUser } from './user.ts';

/** An embedded PostgreSQL: its data under the home, reached over a socket and loopback by a password that only the home's owner can read. */
export interface Cluster {
  /** URL of a database of the cluster, over loopback. */
  url(database: string): string;
  readonly folder: string;
  stop(): Promise<void>;
}

interface Place {
  readonly user: PostgresUser | undefined;
  readonly native: string;
  readonly root: string;
  readonly data: string;
  readonly password: string;
}

const TRY_AGAIN_MS = 500;

/** Where it is now, for other programs of the home's owner: its port is another one after each start. */
const URL_FILE = 'postgres.url';

async function readOrMakePassword(file: string): Promise<string> {
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known) return known;
  const password = randomBytes(24).toString('base64url');
  await writeWhole(file, password);
  return password;
}

async function refuseOtherMajor(root: string): Promise<void> {
  const folders = await readdir(root).catch(() => [] as string[]);
  const other = folders.find((name) => /^\d+$/.test(name) && Number(name) !== POSTGRES_MAJOR);
  if (!other) return;
  throw new SluiceError(
    'DATABASE_UNSUPPORTED',
    `The data in ${root} was made by PostgreSQL ${other}; this Sluice has PostgreSQL ${POSTGRES_MAJOR}.`,
    {
      hint: `Start the Sluice that made it and move the data over with pg_dump, or remove ${join(root, other)}.`,
    },
  );
}

async function choosePlace(home: string): Promise<Place> {
  const user = await postgresUser();
  await makeOwnFolder(home, HOME_FOLDER);
  const root = join(await dataHome(home, user), 'postgres');
  await mkdir(root, { recursive: true });
  await refuseOtherMajor(root);
  const native = await postgresBinaries(user, '/var/lib/sluice');
  return { user, native, root, data: join(root, String(POSTGRES_MAJOR)), password: await readOrMakePassword(join(home, 'postgres.password')) };
}

/** Makes the data folder under another name and renames it when it is whole, so that a killed initdb leaves nothing that looks like one. */
async function initialise({ user, native, root, data, password }: Place): Promise<void> {
  if (
    await stat(data).then(
      () => true,
      () => false,
    )
  )
    return;
  const unfinished = join(root, 'unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await makeOwnedFolder(root, user, 0o755);
  await makeOwnedFolder(unfinished, user);
  const secrets = await mkdtemp(join(tmpdir(), 'sluice-'));
  try {
    const passwordFile = join(secrets, 'password');
    await writeWhole(passwordFile, password);
    // The folder last: from then on its new owner decides what is there.
    if (user) await lchown(passwordFile, user.uid, user.gid);
    await makeOwnedFolder(secrets, user);
    const args = [
      '-D',
      unfinished,
      '-U',
      'sluice',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
    ];
    await run(join(native, 'bin', 'initdb'), args, { user, cwd: root });
  } finally {
    await rm(secrets, { recursive: true, force: true });
  }
  await rename(unfinished, data);
}

/**
 * Starts the home's PostgreSQL, or takes over the one that a killed server has left running, and keeps it running: when it
 * dies it is started again. `onRestart` is told each time.
 */
export async function startCluster(home: string, { onRestart = () => {} }: { onRestart?: (why: string) => void } = {}): Promise<Cluster> {
  const place = await choosePlace(home);
  await initialise(place);
  let stopping = false;
  const port = (await readPostmaster(place.data))?.port ?? (await freePort());

  /** Until it is there: the memory of one that was killed is in use as long as its last query runs, and a full disk may be cleared. */
  async function startAgain(): Promise<Postmaster | undefined> {
    while (!stopping) {
      try {
        return await startPostmaster({ ...place, port });
      } catch (error) {
        onRestart(messageOf(error));
        await pause(TRY_AGAIN_MS);
      }
    }
    return undefined;
  }

  const keepRunning = (postmaster: Postmaster) => {
    void postmaster.exited.then(async (why) => {
      if (stopping) return;
      onRestart(why);
      current = startAgain();
      const started = await current;
      if (started) keepRunning(started);
    });
  };
  const url = (database: string) => `postgres://sluice:${place.password}@127.0.0.1:${port}/${database}`;
  await writeWhole(join(home, URL_FILE), url(''));
  const first = (await readPostmaster(place.data)) ?? (await startPostmaster({ ...place, port }));
  let current: Promise<Postmaster | undefined> = Promise.resolve(first);
  keepRunning(first);

  return {
    folder: place.data,
    url,
    stop: async () => {
      stopping = true;
      const running = await current;
      if (running) await stopPostmaster(running);
    },
  };
}

/** Whether the home's PostgreSQL runs, whoever has started it. */
export async function hasCluster(home: string): Promise<boolean> {
  return (await readPostmaster(join(await dataHome(home, await postgresUser()), 'postgres', String(POSTGRES_MAJOR)))) !== undefined;
}

/** URL of a database of the home's running PostgreSQL, for other programs of the home's owner. */
export async function embeddedUrl(home: string, database: string): Promise<string> {
  const running = await readPostmaster(join(await dataHome(home, await postgresUser()), 'postgres', String(POSTGRES_MAJOR)));
  if (!running)
    throw new SluiceError('DATABASE_UNAVAILABLE', `The PostgreSQL of ${home} is not running.`, {
      hint: 'Start the server: it starts PostgreSQL too.',
    });
  return (await readFile(join(home, URL_FILE), 'utf8')) + database;
}

/** Stops the home's PostgreSQL if a killed server has left it running. */
export async function stopLeftCluster(home: string): Promise<void> {
  const data = join(await dataHome(home, await postgresUser()), 'postgres', String(POSTGRES_MAJOR));
  const left = await readPostmaster(data);
  if (left && isRunning(left.pid)) await stopPostmaster(left);
}
