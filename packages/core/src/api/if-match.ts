import type { Instant } from '../lib/time.ts';
import { instant } from '../model/common.ts';

/** The instant that the header of `if-unchanged.ts` holds; null when there is none, or it matches any. */
export function readIfMatch(header: string | undefined): Instant | null | 'not an instant' {
  if (header === undefined || header.trim() === '*') return null;
  return instant.safeParse(header.trim().replace(/^"(.*)"$/, '$1')).data ?? 'not an instant';
}
