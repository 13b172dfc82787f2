import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { copyFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Pull } from '@sluice/core/process/pull-steps';
import { CacheFolder } from './cache-folder.ts';
import { fetchBundle } from './fetch-bundle.ts';
import { checkOut, findCommit } from './git-clone.ts';
import { howToInstall } from './how-to-install.ts';
import { link, linkOwnPackages } from './own-packages.ts';
import { runInstall } from './run-install.ts';
import { unpack } from './unpack.ts';

/** So long after its use an entry stays: a process that has loaded it may stand ready. */
const REST_MS = 10 * 60_000;

/** Codes of a disk, or a file, that takes nothing more. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Puts the files of a project into an empty folder, and returns their bytes. */
type Fill = (folder: string) => Promise<number>;

interface Ready {
  /** Where the project's files are. */
  readonly folder: string;
  /** Entries of the cache that it needs. */
  readonly keys: readonly string[];
}

/** What an entry says when its packages are there: their own entry, when they have one. */
interface Installed {
  readonly packages: string | null;
  /** Names of packages that it takes of the worker's installation. */
  readonly linked: readonly string[];
}

export interface UnpackedBundle {
  readonly folder: string;
  /** Nobody needs it any more for this: it may be removed. */
  release(): void;
}

/** Bundles as they were unpacked on this machine, with their packages. */
export class BundleCache {
  readonly #client: Client;
  readonly #cache: CacheFolder;
  readonly #mostBytes: number;
  readonly #folder: string;
  readonly #making = new Map<string, Promise<Ready>>();

  constructor({ client, folder, mostMb }: { client: Client; folder: string; mostMb: number }) {
    this.#client = client;
    this.#mostBytes = mostMb * 1e6;
    this.#folder = folder;
    this.#cache = new CacheFolder(folder);
  }

  /** A bundle that can be run; fetched, unpacked and given its packages when it is not there. */
  take(name: string): Promise<UnpackedBundle> {
    return this.#take(name, (folder) => unpack(name, fetchBundle(this.#client, name), folder));
  }

  /** The same of a commit. */
  async takeClone(git: NonNullable<Pull['git']>): Promise<UnpackedBundle> {
    const commit = await findCommit(git, this.#folder);
    const hash = createHash('sha256').update(`${git.repository} ${commit}`);
    return this.#take(`git-${hash.digest('hex').slice(0, 40)}`, async (folder) => {
      await checkOut(git, commit, folder);
      return bytesBelow(folder);
    });
  }

  async #take(name: string, fill: Fill): Promise<UnpackedBundle> {
    const releases = [this.#cache.use(name)];
    const release = () => {
      for (const each of releases.splice(0)) each();
    };
    try {
      const { folder, keys } = await this.#once(name, fill);
      for (const key of keys) releases.push(this.#cache.use(key));
      return { folder, release };
    } catch (error) {
      release();
      throw FULL.has(String((error as NodeJS.ErrnoException).code)) ? diskFull(error) : error;
    }
  }

  /** Runs that want the same bundle wait for the same work. */
  #once(name: string, fill: Fill): Promise<Ready> {
    const making = this.#making.get(name) ?? this.#ready(name, fill).finally(() => this.#making.delete(name));
    this.#making.set(name, making);
    return making;
  }

  async #ready(name: string, fill: Fill): Promise<Ready> {
    const isNew = !this.#cache.has(name);
    if (isNew) await this.#cache.alone(name, () => this.#fetch(name, fill));
    const installed = this.#installed(name) ?? (await this.#cache.alone(name, () => this.#install(name)));
    const keys = [name, ...(installed.packages === null ? [] : [installed.packages])];
    for (const key of keys) this.#cache.touch(key);
    linkOwnPackages(this.#cache.pathOf(name), installed.linked);
    if (isNew) await this.#cache.shrink(this.#mostBytes, REST_MS);
    return { folder: this.#project(name), keys };
  }

  #project = (name: string): string => join(this.#cache.pathOf(name), 'project');
  #note = (name: string): string => join(this.#cache.pathOf(name), 'installed.json');

  async #fetch(name: string, fill: Fill): Promise<void> {
    if (this.#cache.has(name)) return; // another worker has fetched it meanwhile
    await this.#cache.make(name, async (draft) => {
      const folder = join(draft, 'project');
      mkdirSync(folder);
      return fill(folder);
    });
  }

  /** Undefined when its packages are not there, or not any more. */
  #installed(name: string): Installed | undefined {
    const note = this.#note(name);
    if (!existsSync(note)) return undefined;
    const installed = JSON.parse(readFileSync(note, 'utf8')) as Installed;
    return installed.packages === null || this.#cache.has(installed.packages) ? installed : undefined;
  }

  async #install(name: string): Promise<Installed> {
    const there = this.#installed(name);
    if (there) return there;
    const project = this.#project(name);
    const modules = join(project, 'node_modules');
    const begun = join(this.#cache.pathOf(name), 'begun');
    // What somebody who was killed has installed may be the half of it.
    if (existsSync(begun)) await rm(modules, { recursive: true, force: true });
    const how = howToInstall(project);
    if (how.type !== 'nothing') writeFileSync(begun, '');
    if (how.type === 'inside') await runInstall(how.command, project);
    if (how.type === 'shared') {
      await this.#cache.alone(how.key, () => this.#installShared(how.key, how.command, project));
      link(modules, join(this.#cache.pathOf(how.key), 'node_modules'));
    }
    const installed: Installed = { packages: how.type === 'shared' ? how.key : null, linked: how.type === 'nothing' ? how.linked : [] };
    const draft = `${this.#note(name)}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(installed));
    await rename(draft, this.#note(name));
    return installed;
  }

  async #installShared(key: string, command: readonly string[], project: string): Promise<void> {
    if (this.#cache.has(key)) return;
    await this.#cache.make(key, async (draft) => {
      for (const file of ['package.json', 'package-lock.json', 'npm-shrinkwrap.json'])
        if (existsSync(join(project, file))) await copyFile(join(project, file), join(draft, file));
      await runInstall(command, draft);
      mkdirSync(join(draft, 'node_modules'), { recursive: true }); // a lock may name none
      return bytesBelow(draft);
    });
  }
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

const diskFull = (cause: unknown) =>
  new SluiceError('DISK_FULL', 'The disk is full where the worker keeps bundles.', {
    hint: 'Make room below its SLUICE_HOME, or lower SLUICE_BUNDLE_CACHE_MB.',
    cause,
  });
