import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { copyFor } from './binaries.ts';

let root: string;
let native: string;
let copies: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-binaries-'));
  [native, copies] = [join(root, 'package', 'native'), join(root, 'copies')];
  await mkdir(join(native, 'bin'), { recursive: true });
  await writeFile(join(native, 'bin', 'postgres'), 'a program');
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify([{ source: 'native/bin/postgres', target: 'native/bin/postmaster' }]));
  return () => rm(root, { recursive: true });
});

/** The id of a process that is gone. */
async function gone(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid as number;
}

const left = async (pid: number, version = '18.4.0-beta.17') => {
  const name = `postgres-${version}.unfinished.${pid}.0198c0de`;
  await mkdir(join(copies, name, 'native'), { recursive: true });
  return name;
};

test('a copy is made once, whole and with its links, also when two starts make it at once', async () => {
  const made = await Promise.all([copyFor('18.4.0-beta.17', native, copies), copyFor('18.4.0-beta.17', native, copies)]);
  expect(new Set(made)).toEqual(new Set([join(copies, 'postgres-18.4.0-beta.17', 'native')]));
  expect(await readFile(join(made[0] as string, 'bin', 'postmaster'), 'utf8')).toBe('a program');
  expect(await readdir(copies)).toEqual(['postgres-18.4.0-beta.17']);
  await writeFile(join(native, 'bin', 'postgres'), 'another one');
  expect(await readFile(join(await copyFor('18.4.0-beta.17', native, copies), 'bin', 'postgres'), 'utf8')).toBe('a program');
});

test.each(['before there is one', 'when there is one'])(
  'what killed starts have left of a copy is removed %s, and what others make now stays',
  async (when) => {
    if (when === 'when there is one') await copyFor('18.4.0-beta.17', native, copies);
    const dead = await gone();
    await left(dead);
    await left(dead, '17.2.0');
    await left(process.pid); // of another process that had this id
    const others = await left(process.ppid);
    await copyFor('18.4.0-beta.17', native, copies);
    expect((await readdir(copies)).sort()).toEqual(['postgres-18.4.0-beta.17', others]);
  },
);

test('a copy that cannot be made leaves nothing', async () => {
  await rm(join(native, 'pg-symlinks.json'));
  await expect(copyFor('18.4.0-beta.17', native, copies)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readdir(copies)).toEqual([]);
});
