import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSecretBox } from './secret-box.ts';
import { findSecretKey } from './secret-key.ts';

const KEY = '0123456789abcdef'.repeat(4);
const TEXT = 'postgres://me:canary4711@host/db';
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-key-'));
});
afterEach(() => rm(home, { recursive: true }));

const boxOf = async (given?: string) => createSecretBox(await findSecretKey(home, given));

describe('the key', () => {
  test('is made once in the home, for its owner alone', async () => {
    const one = await boxOf();
    const file = join(home, 'secret.key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await boxOf()).open('shop', one.seal('shop', TEXT))).toBe(TEXT);
  });

  test('of the setting makes no file', async () => {
    const box = await boxOf(KEY);
    expect(box.open('shop', box.seal('shop', TEXT))).toBe(TEXT);
    await expect(stat(join(home, 'secret.key'))).rejects.toThrow('ENOENT');
  });

  test.each([
    ['is lost, and another is made', () => rm(join(home, 'secret.key')), 'it was stored with another key than the one that this server has.'],
    ['is no key any more', () => writeFile(join(home, 'secret.key'), 'oops'), /The file \S+secret.key does not hold a key\./],
  ])('that %s opens nothing, and the sentence says what to do', async (_what, damage, says) => {
    const sealed = (await boxOf()).seal('shop', TEXT);
    await damage();
    const box = await boxOf();
    expect(() => box.open('shop', sealed)).toThrow(
      expect.objectContaining({
        code: 'SECRET_UNREADABLE',
        message: expect.stringMatching(says),
        hint: expect.stringContaining('sluice source set "shop"'),
      }),
    );
  });

  test('that is no key is replaced by no other, and nothing is stored with it', async () => {
    await writeFile(join(home, 'secret.key'), 'oops');
    const box = await boxOf();
    expect(() => box.seal('shop', TEXT)).toThrow(expect.objectContaining({ code: 'SECRET_UNREADABLE' }));
    expect(await readFile(join(home, 'secret.key'), 'utf8')).toBe('oops');
  });
});

describe('what is sealed', () => {
  test('has nothing of the text, and is another each time', async () => {
    const box = await boxOf(KEY);
    const [one, two] = [box.seal('shop', TEXT), box.seal('shop', TEXT)];
    expect(one.sealed).not.toBe(two.sealed);
    expect(Buffer.from(one.sealed, 'base64').toString('latin1')).not.toContain('canary');
  });

  test('is good under its own name only, and only whole', async () => {
    const box = await boxOf(KEY);
    const sealed = box.seal('shop', TEXT);
    const bytes = Buffer.from(sealed.sealed, 'base64');
    for (const [name, text] of [
      ['other', sealed.sealed],
      ['shop', bytes.subarray(0, -1).toString('base64')],
      ['shop', bytes.map((byte, index) => (index === 40 ? byte ^ 1 : byte)).toString()],
      ['shop', Buffer.from(bytes.map((byte, index) => (index === 40 ? byte ^ 1 : byte))).toString('base64')],
      ['shop', ''],
    ] as const) {
      expect(() => box.open(name, { ...sealed, sealed: text }), text).toThrow(expect.objectContaining({ code: 'SECRET_UNREADABLE' }));
    }
  });
});
