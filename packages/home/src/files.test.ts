import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeOwnFolder, openLog, tighten, writeWhole, writeWholeSync } from './files.ts';

let folder: string;
let victim: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-files-'));
  victim = join(folder, 'of-somebody-else');
  await writeFile(victim, 'precious', { mode: 0o644 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe.each([
  ['writeWhole', writeWhole],
  ['writeWholeSync', async (file: string, text: string) => writeWholeSync(file, text)],
] as const)('%s', (_name, write) => {
  test('makes a file for its owner alone, and leaves no draft', async () => {
    await write(join(folder, 'a'), 'text');
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('text');
    expect(await modeOf(join(folder, 'a'))).toBe(0o600);
    expect(await readdir(folder)).toEqual(['a', 'of-somebody-else']);
  });

  test('replaces a link, and never writes through it', async () => {
    await symlink(victim, join(folder, 'a'));
    for (const name of ['a.new', `a.${process.pid}`, 'a.tmp']) await symlink(victim, join(folder, name));
    await write(join(folder, 'a'), 'secret');
    expect((await lstat(join(folder, 'a'))).isFile()).toBe(true);
    expect(await readFile(victim, 'utf8')).toBe('precious');
  });

  test('leaves the old file and no draft when it fails', async () => {
    await mkdir(join(folder, 'a', 'in-use'), { recursive: true });
    await expect(write(join(folder, 'a'), 'text')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['a', 'of-somebody-else']);
  });
});

test('a log is not opened through a link', async () => {
  await symlink(victim, join(folder, 'log'));
  expect(() => openLog(join(folder, 'log'), 'append')).toThrow('ELOOP');
  expect(() => openLog(join(folder, 'log'), 'anew')).toThrow('ELOOP');
  expect(await readFile(victim, 'utf8')).toBe('precious');
});

test('a folder of ours is tightened, whatever made it; what a link leads to is left', async () => {
  await makeOwnFolder(join(folder, 'x', 'y'));
  expect(await modeOf(join(folder, 'x', 'y'))).toBe(0o700);
  await chmod(join(folder, 'x'), 0o755);
  await makeOwnFolder(join(folder, 'x'));
  expect(await modeOf(join(folder, 'x'))).toBe(0o700);
  await symlink(victim, join(folder, 'link'));
  await tighten(join(folder, 'link'), 0o600);
  expect(await modeOf(victim)).toBe(0o644);
  await tighten(join(folder, 'nothing'), 0o600);
});

test('what was tighter stays so', async () => {
  await makeOwnFolder(join(folder, 'x'), 0o711);
  expect(await modeOf(join(folder, 'x'))).toBe(0o711);
  await chmod(join(folder, 'x'), 0o500);
  await makeOwnFolder(join(folder, 'x'), 0o711);
  expect(await modeOf(join(folder, 'x'))).toBe(0o500);
});
