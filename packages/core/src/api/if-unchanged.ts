/*
 * Apart from `if-match.ts`, which reads the header with a schema: a page in a browser sends it, and has no room for schemas.
 */

/**
 * A change of a record that two people may edit says which record it is about: the `updated` that was seen. One that was changed since
 * is left as it is, and the answer is CONFLICT, with what stands there now. Without the header a change is made in any case.
 */
export const IF_MATCH = 'if-match';

/** The header for a change of this record, as it was read. */
export const ifUnchanged = ({ updated }: { readonly updated: string }): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { [IF_MATCH]: `"${updated}"` },
});
