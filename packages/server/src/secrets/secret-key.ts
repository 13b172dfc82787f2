import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@sluice/core/errors/sluice-error';
import { OWN_FILE, tighten, writeWhole } from '@sluice/home/files';

/** The key with which URLs of sources are encrypted, or why there is none. */
export interface SecretKey {
  readonly key: Buffer | undefined;
  /** The file of the home in which it is kept. */
  readonly file: string;
  /** A sentence, when it is not there. */
  readonly fault: string | undefined;
}

const FORM = /^[0-9a-f]{64}$/i;

/** The key of the setting, or that of the home, which is made when there is none. What is wrong with it is told when it is needed: all else works without. */
export async function findSecretKey(home: string, given: string | undefined): Promise<SecretKey> {
  const file = join(home, 'secret.key');
  if (given !== undefined) return { key: Buffer.from(given, 'hex'), file, fault: undefined };
  try {
    const text = (await readOrMake(file)).trim();
    if (FORM.test(text)) return { key: Buffer.from(text, 'hex'), file, fault: undefined };
    return { key: undefined, file, fault: `The file ${file} does not hold a key.` };
  } catch (error) {
    return { key: undefined, file, fault: `The file ${file} cannot be read or made: ${messageOf(error)}.` };
  }
}

async function readOrMake(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    await tighten(file, OWN_FILE);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const made = randomBytes(32).toString('hex');
    await writeWhole(file, `${made}\n`);
    return made;
  }
}
