import type { Buffer } from 'node:buffer';
import { CANDIDATES, type TextType, VARCHAR } from './text-types.ts';

const TYPES: readonly TextType[] = CANDIDATES.text;

const looksTyped = (bytes: Buffer): boolean => TYPES.some(({ keeps, never }) => keeps(bytes, 0, bytes.length) || never?.(bytes, 0, bytes.length));

/**
 * Whether the first line is names: a value of it does not fit the type that the lines below have, or, when they are all text,
 * its values look like names.
 */
export function isHeader(first: readonly Buffer[], types: readonly TextType[]): boolean {
  const typed = first.flatMap((bytes, index) => {
    const type = types[index];
    return type && type !== VARCHAR && bytes.length > 0 ? [{ type, bytes }] : [];
  });
  if (typed.length > 0) return typed.some(({ type, bytes }) => !type.keeps(bytes, 0, bytes.length));
  const names = new Set(first.map((bytes) => bytes.toString('utf8')));
  const empty = first.filter(({ length }) => length === 0).length;
  return names.size === first.length && empty < Math.min(2, first.length) && !first.some(looksTyped);
}
