import { Buffer } from 'node:buffer';
import type { Check } from './forms.ts';

/** Whether a bare value is one of the words that stand for NULL; null where there are no such words. */
export function byNullWords(words: readonly string[]): Check | null {
  if (words.length === 0) return null;
  const all = words.map((word) => Buffer.from(word));
  return (block, start, end) => all.some((word) => word.length === end - start && block.subarray(start, end).equals(word));
}
