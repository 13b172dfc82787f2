import { type Buffer, isUtf8 } from 'node:buffer';

/** Whether these bytes can stand in a text column as they are. */
export const isText = (bytes: Buffer): boolean => isUtf8(bytes) && !bytes.includes(0);

/** So much of a bad line is kept. */
const RAW_BYTES = 1 << 20;

/** The bytes of a line as text: what is not text in them is written as `\x00`. */
export function rawText(bytes: Buffer): string {
  const kept = bytes.subarray(0, RAW_BYTES);
  const text = isText(kept) ? kept.toString('utf8') : escapeBytes(kept);
  return bytes.length > RAW_BYTES ? `${text}…` : text;
}

function escapeBytes(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const size = [1, 2, 3, 4].find((length) => at + length <= bytes.length && isText(bytes.subarray(at, at + length)));
    text += size ? bytes.toString('utf8', at, at + size) : `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
    at += size ?? 1;
  }
  return text;
}
