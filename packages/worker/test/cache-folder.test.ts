import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { CacheFolder } from '../src/bundles/cache-folder.ts';

let folder: string;
let cache: CacheFolder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-cache-'));
  cache = new CacheFolder(folder);
  return () => rmSync(folder, { recursive: true });
});

/** Entries of 10 bytes, used one after the other, long ago. */
async function fill(...keys: string[]): Promise<void> {
  for (const [index, key] of keys.entries()) {
    await cache.make(key, () => Promise.resolve(10));
    utimesSync(join(cache.pathOf(key), 'entry.json'), 1000 + index, 1000 + index);
  }
}
const entries = () => readdirSync(join(folder, 'entries')).sort();

describe('a cache that holds too much', () => {
  test('loses what was used the longest time ago, until the others fit', async () => {
    await fill('a', 'b', 'c', 'd');
    cache.touch('a');
    await cache.shrink(20, 0);
    expect(entries()).toEqual(['a', 'd']);
  });

  test('keeps what a process uses, here or elsewhere, and what was used just now', async () => {
    await fill('a', 'b', 'c', 'd', 'e');
    const release = cache.use('a');
    writeFileSync(join(folder, 'uses', `b.${process.ppid}`), ''); // another worker's
    cache.touch('c');
    await cache.shrink(0, 60_000);
    expect(entries()).toEqual(['a', 'b', 'c']);
    release();
    await cache.shrink(0, 60_000);
    expect(entries()).toEqual(['b', 'c']);
  });
});

describe('what a process that is gone has left', () => {
  const { pid: gone } = spawnSync('true');

  test('its drafts and its uses are removed by the next one', async () => {
    writeFileSync(join(folder, 'drafts', `${gone}-half`), '');
    await fill('a');
    writeFileSync(join(folder, 'uses', `a.${gone}`), '');
    cache = new CacheFolder(folder);
    expect([...readdirSync(join(folder, 'drafts')), ...readdirSync(join(folder, 'uses'))]).toEqual([]);
  });

  test('its lock holds nobody up', async () => {
    writeFileSync(join(folder, 'locks', 'a'), String(gone));
    expect(await cache.alone('a', () => Promise.resolve('done'))).toBe('done');
    expect(readdirSync(join(folder, 'locks'))).toEqual([]);
  });
});

test('of many that do the same one at a time is at work', async () => {
  let working = 0;
  const work = async () => {
    expect(++working).toBe(1);
    await cache.make(`entry-${Math.random()}`, () => Promise.resolve(1));
    working--;
  };
  await Promise.all([1, 2, 3].map(() => cache.alone('a', work)));
});

test('what could not be made is not there', async () => {
  await expect(cache.make('a', () => Promise.reject(new Error('half')))).rejects.toThrow('half');
  expect([...entries(), ...readdirSync(join(folder, 'drafts'))]).toEqual([]);
  expect(cache.has('a')).toBe(false);
});
