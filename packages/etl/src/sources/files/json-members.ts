import { Buffer } from 'node:buffer';
import type { ValueKind } from './text-types.ts';

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;

/** Takes a member of an object: where its key stands, with its quotes, and where its value does. */
export type TakeMember = (keyStart: number, keyEnd: number, start: number, end: number) => void;

/**
 * Gives the members of a JSON object as they are written, so that a number keeps all its digits and a nested value its text.
 * Only for bytes that `JSON.parse` has accepted: the grammar is not checked again.
 */
export function eachMember(block: Buffer, start: number, end: number, take: TakeMember): void {
  let at = skipSpace(block, skipSpace(block, start) + 1);
  while (at < end && block[at] === QUOTE) {
    const keyEnd = stringEnd(block, at);
    const from = skipSpace(block, skipSpace(block, keyEnd) + 1);
    const to = valueEnd(block, from, end);
    take(at, keyEnd, from, to);
    at = skipSpace(block, to);
    if (block[at] !== COMMA) return;
    at = skipSpace(block, at + 1);
  }
}

/** The text of a string. */
export function stringText(block: Buffer, start: number, end: number): string {
  const text = block.toString('utf8', start, end);
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}

/** Finds what belongs to a key. Lines mostly have their keys in the order of the line before, so the next one is tried first, by its bytes. */
export class KeyIndex<T> {
  readonly #entries: { readonly bytes: Buffer; readonly value: T }[] = [];
  readonly #positions = new Map<string, number>();
  #next = 0;

  get(block: Buffer, start: number, end: number): T | undefined {
    const guess = this.#entries[this.#next];
    if (guess && isSame(guess.bytes, block, start, end)) {
      this.#next++;
      return guess.value;
    }
    const position = this.#positions.get(stringText(block, start, end));
    if (position === undefined) return undefined;
    this.#next = position + 1;
    return this.#entries[position]?.value;
  }

  /** A new line begins. */
  rewind(): void {
    this.#next = 0;
  }

  add(key: string, value: T): T {
    this.#positions.set(key, this.#entries.length);
    this.#entries.push({ bytes: Buffer.from(JSON.stringify(key)), value });
    return value;
  }

  entries(): [string, T][] {
    return [...this.#positions].map(([key, position]) => [key, this.#entries[position]?.value as T]);
  }
}

function isSame(bytes: Buffer, block: Buffer, start: number, end: number): boolean {
  if (bytes.length !== end - start) return false;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== block[start + at]) return false;
  return true;
}

/** What JSON calls the value that begins with this byte; null for `null`. */
export function jsonKind(first: number | undefined): ValueKind | null {
  switch (first) {
    case QUOTE:
      return 'string';
    case 0x7b:
    case 0x5b:
      return 'json';
    case 0x74:
    case 0x66:
      return 'boolean';
    case 0x6e:
      return null;
    default:
      return 'number';
  }
}

function skipSpace(block: Buffer, from: number): number {
  let at = from;
  while (block[at] === 0x20 || block[at] === 0x09 || block[at] === 0x0a || block[at] === 0x0d) at++;
  return at;
}

/** Behind the closing quote of the string that begins at `from`. */
function stringEnd(block: Buffer, from: number): number {
  let at = from + 1;
  while (block[at] !== QUOTE) at += block[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function valueEnd(block: Buffer, from: number, end: number): number {
  if (block[from] === QUOTE) return stringEnd(block, from);
  if (jsonKind(block[from]) === 'json') return nestedEnd(block, from);
  let at = from;
  while (at < end && block[at] !== COMMA && block[at] !== 0x7d && (block[at] ?? 0) > 0x20) at++;
  return at;
}

function nestedEnd(block: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; ; ) {
    const byte = block[at] ?? 0;
    if (byte === QUOTE) {
      at = stringEnd(block, at);
      continue;
    }
    // `{` and `[`, `}` and `]` differ by one bit from each other.
    if ((byte | 0x20) === 0x7b) depth++;
    if ((byte | 0x20) === 0x7d && --depth === 0) return at + 1;
    at++;
  }
}
