import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** Files of a control group, by name. */
export interface CgroupFolder {
  write(file: string, value: string | number): Promise<void>;
  read(file: string): Promise<string>;
  /** Only an empty group can be removed; its last process may take a moment to go. */
  remove(): Promise<void>;
}

const TRIES = 50;
const PAUSE_MS = 20;

let count = 0;

/** Makes a group for one run below `parent`. */
export async function makeCgroup(parent: string): Promise<CgroupFolder> {
  const folder = `${parent}/sluice-${process.pid}-${++count}`;
  await mkdir(folder);
  return {
    write: (file, value) => writeFile(`${folder}/${file}`, String(value)),
    read: (file) => readFile(`${folder}/${file}`, 'utf8'),
    remove: async () => {
      for (let tries = 0; tries < TRIES; tries++) {
        const removed = await rmdir(folder).then(
          () => true,
          (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
        );
        if (removed) return;
        await pause(PAUSE_MS);
      }
    },
  };
}

/** This process's group in a hierarchy: `0::/a` for version 2, `5:memory:/a` for a controller of version 1. */
export async function ownGroup(controller: string, file = '/proc/self/cgroup'): Promise<string | undefined> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  const line = lines.find(([, controllers]) => (controller === '' ? controllers === '' : controllers?.split(',').includes(controller)));
  return line?.slice(2).join(':');
}
