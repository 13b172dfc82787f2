import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { SecretKey } from './secret-key.ts';

/** A text that was encrypted, and the name of the key. */
export interface Sealed {
  readonly key_id: string;
  /** Base64 of nonce, tag and text. */
  readonly sealed: string;
}

/** What is encrypted: no text of one kind opens as one of another. `again` says how to store it anew. */
const KINDS = {
  source: {
    bound: 'sluice source',
    what: (name: string) => `The URL of the source "${name}"`,
    again: (name: string) => `set the URL again: sluice source set ${JSON.stringify(name)}`,
  },
  block: { bound: 'sluice block', what: (id: string) => `What block ${id} holds`, again: () => 'save the block again' },
};

export type SecretKind = keyof typeof KINDS;

/** Encrypts texts, each for the one name under which it is stored. */
export interface SecretBox {
  /** Name of the key, which tells nothing of it; undefined without a key. */
  readonly keyId: string | undefined;
  seal(name: string, text: string): Sealed;
  open(name: string, sealed: Sealed): string;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const idOf = (key: Buffer) => createHash('sha256').update('sluice key\0').update(key).digest('hex').slice(0, 16);

export function createSecretBox({ key, file, fault }: SecretKey, kind: SecretKind = 'source'): SecretBox {
  const keyId = key && idOf(key);
  const { bound, what, again } = KINDS[kind];
  /** A row that somebody has copied under another name opens nothing. */
  const boundTo = (name: string) => Buffer.from(`${bound}\0${name}`);
  const unreadable = (says: string, name: string) =>
    new SluiceError('SECRET_UNREADABLE', `${what(name)} cannot be read: ${says}`, {
      hint: `Start the server with the key that it was stored with, in SLUICE_SECRET_KEY or ${file}; or ${again(name)}.`,
    });
  return {
    keyId,
    seal: (name, text) => {
      if (!key || !keyId) {
        throw new SluiceError('SECRET_UNREADABLE', `No secret can be stored. ${fault}`, {
          hint: `Put the key back into ${file} or SLUICE_SECRET_KEY, and start the server again. When nothing is stored yet, remove the file: a new one is made.`,
        });
      }
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(boundTo(name));
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return { key_id: keyId, sealed: Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64') };
    },
    open: (name, { key_id, sealed }) => {
      if (!key) throw unreadable(`${fault}`, name);
      if (key_id !== keyId) throw unreadable('it was stored with another key than the one that this server has.', name);
      try {
        const bytes = Buffer.from(sealed, 'base64');
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
          .setAAD(boundTo(name))
          .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
      } catch {
        throw unreadable('what is stored is not what was stored.', name);
      }
    },
  };
}
