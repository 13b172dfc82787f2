import type { Instant } from '../lib/time.ts';
import { instant } from '../model/common.ts';

/**
 * A change of a record that two people may edit says which record it is about: the `updated` that was seen. One that was changed since
 * is left as it is, and the answer is CONFLICT, with what stands there now. Without the header a change is made in any case.
 */
export const IF_MATCH = 'if-match';

/** The header for a change of this record, as it was read. */
export const ifUnchanged = ({ updated }: { readonly updated: Instant }): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { [IF_MATCH]: `"${updated}"` },
});

/** The instant that the header holds; null when there is none, or it matches any. */
export function readIfMatch(header: string | undefined): Instant | null | 'not an instant' {
  if (header === undefined || header.trim() === '*') return null;
  return instant.safeParse(header.trim().replace(/^"(.*)"$/, '$1')).data ?? 'not an instant';
}
