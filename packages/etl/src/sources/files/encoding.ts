import { Buffer } from 'node:buffer';

/** How the bytes of a text file become UTF-8. */
export interface TextEncoding {
  /** As it is called in a sentence. */
  readonly name: string;
  /** Null: the bytes are UTF-8 as they are. */
  readonly decoder: (() => Decoder) | null;
}

/** Turns bytes into UTF-8, chunk by chunk. What is not text in its encoding becomes bytes that are not UTF-8: such a row is a bad row. */
export interface Decoder {
  decode(chunk: Buffer): Buffer;
  end(): Buffer;
}

const NO_TEXT = Buffer.from([0xff, 0xff, 0xff]);
const NOTHING = Buffer.alloc(0);

/** The encoding that a person has named; null for one that nobody knows. */
export function encodingOf(label: string): TextEncoding | null {
  const name = label.trim().toLowerCase();
  // What the web calls latin1 is windows-1252, in which some of its bytes are other letters.
  if (/^(?:latin-?1|iso-?8859-?1|l1)$/.test(name)) return { name: 'latin1', decoder: () => byTable(latin1) };
  const known = decoderOf(name)?.encoding;
  if (known === undefined) return null;
  if (known === 'utf-8') return { name: 'UTF-8', decoder: null };
  if (known === 'utf-16le' || known === 'utf-16be') return { name: known, decoder: () => utf16(known) };
  const table = tableOf(known);
  return { name: known, decoder: table ? () => byTable(table) : () => byDecoder(known) };
}

function decoderOf(label: string): { readonly encoding: string } | null {
  try {
    return new TextDecoder(label, { ignoreBOM: true });
  } catch {
    return null;
  }
}

const latin1 = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));

const SEVERAL_BYTES = /^(?:shift_jis|euc-jp|iso-2022-jp|gbk|gb18030|big5|euc-kr)$/;

/** The letters of an encoding that has one byte for each; null when it has more. */
function tableOf(encoding: string): string[] | null {
  if (SEVERAL_BYTES.test(encoding)) return null;
  return Array.from({ length: 256 }, (_, byte) => new TextDecoder(encoding, { ignoreBOM: true }).decode(Buffer.from([byte])));
}

function byTable(letters: readonly string[]): Decoder {
  const bytes = letters.map((letter) => (letter === '\ufffd' ? NO_TEXT.subarray(0, 1) : Buffer.from(letter)));
  const decode = (chunk: Buffer): Buffer => {
    const out = Buffer.allocUnsafe(chunk.length * 3);
    let filled = 0;
    for (const byte of chunk) {
      if (byte < 0x80 && bytes[byte]?.[0] === byte) out[filled++] = byte;
      else filled += bytes[byte]?.copy(out, filled) ?? 0;
    }
    return out.subarray(0, filled);
  };
  return { decode, end: () => NOTHING };
}

/** UTF-16 by hand: its own letter U+FFFD is not a fault, but half of a surrogate pair is. */
function utf16(encoding: 'utf-16le' | 'utf-16be'): Decoder {
  let held: Buffer = NOTHING;
  const decode = (chunk: Buffer): Buffer => {
    const bytes = Buffer.concat([held, chunk]);
    let whole = bytes.length & ~1;
    const last = bytes.subarray(0, whole);
    // The first half of a pair waits for the second.
    if (whole >= 2 && ((last[encoding === 'utf-16le' ? whole - 1 : whole - 2] ?? 0) & 0xfc) === 0xd8) whole -= 2;
    held = Buffer.from(bytes.subarray(whole));
    return toUtf8(encoding === 'utf-16le' ? bytes.subarray(0, whole) : Buffer.from(bytes.subarray(0, whole)).swap16());
  };
  return { decode, end: () => (held.length > 0 ? NO_TEXT : NOTHING) };
}

function toUtf8(bytes: Buffer): Buffer {
  const text = bytes.toString('utf16le');
  if (text.isWellFormed()) return Buffer.from(text);
  return Buffer.concat(text.split(/(\p{Surrogate})/u).map((piece) => (piece.isWellFormed() ? Buffer.from(piece) : NO_TEXT)));
}

/** In the other encodings U+FFFD stands for what is not text. */
function byDecoder(encoding: string): Decoder {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const marked = (text: string): Buffer => {
    if (!text.includes('\ufffd')) return Buffer.from(text);
    return Buffer.concat(text.split(/(\ufffd)/).map((piece) => (piece === '\ufffd' ? NO_TEXT : Buffer.from(piece))));
  };
  return { decode: (chunk) => marked(decoder.decode(chunk, { stream: true })), end: () => marked(decoder.decode()) };
}

/** Unpacked bytes of a file as UTF-8. */
export async function* asUtf8(bytes: AsyncIterable<Buffer>, { decoder }: TextEncoding): AsyncGenerator<Buffer> {
  const made = decoder?.();
  for await (const chunk of bytes) {
    const text = made ? made.decode(chunk) : chunk;
    if (text.length > 0) yield text;
  }
  const rest = made?.end() ?? NOTHING;
  if (rest.length > 0) yield rest;
}

/** What the first bytes of a file say of its encoding: a byte order mark, or the zeros of UTF-16; null when they say nothing. */
export function encodingOfHead(head: Buffer): string | null {
  const mark = head.subarray(0, 4).toString('hex');
  if (mark === 'fffe0000' || mark === '0000feff') return 'utf-32';
  if (mark.startsWith('fffe')) return 'utf-16le';
  if (mark.startsWith('feff')) return 'utf-16be';
  const some = head.subarray(0, 4096);
  let [even, odd] = [0, 0];
  for (let at = 0; at < some.length; at++) if (some[at] === 0) at % 2 === 0 ? even++ : odd++;
  if (odd > some.length / 5 && even < odd / 20) return 'utf-16le';
  return even > some.length / 5 && odd < even / 20 ? 'utf-16be' : null;
}
