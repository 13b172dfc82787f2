import { isUtf8 } from 'node:buffer';

/**
 * Bytes as a text that gives every one of them back: UTF-8 as it is, and a byte that is none as `\xE9`. Nothing else looks like that
 * where backslashes are written twice, as they are in the text of COPY and in that of a row.
 */
export function readableBytes(bytes: Buffer, mark = '\\x'): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let [text, from, at] = ['', 0, 0];
  while (at < bytes.length) {
    const length = lengthOf(bytes[at] ?? 0);
    if (at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) at += length;
    else {
      text += `${bytes.toString('utf8', from, at)}${mark}${bytes.toString('hex', at, at + 1).toUpperCase()}`;
      from = ++at;
    }
  }
  return text + bytes.toString('utf8', from);
}

/** Bytes of the character that this one begins. */
function lengthOf(byte: number): number {
  if (byte < 0xc0) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}
