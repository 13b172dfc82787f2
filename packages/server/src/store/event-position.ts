/**
 * Where a reader of the stream stands. A snapshot of PostgreSQL says exactly which transactions had ended when it was taken, so
 * "what the next snapshot sees and this one did not" misses nothing and tells nothing twice, whatever commits late and at whichever
 * server: no clock and no counter could say that.
 */
export interface Position {
  /** All that this snapshot sees has been told: `xmin:xmax:` and what ran in between. */
  readonly since: string;
  /** In the middle of what came between `since` and `upto`: told up to this event, by time and id. */
  readonly within: { readonly upto: string; readonly at: string; readonly id: string } | null;
}

const SNAPSHOT = /^\d{1,20}:\d{1,20}:(\d{1,20}(,\d{1,20})*)?$/;
const INSTANT = /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/;
const ID = /^[0-9a-f-]{36}$/;

/** As a reader is given it, and gives it back. */
export const positionText = ({ since, within }: Position): string => (within ? [since, within.upto, within.at, within.id].join('/') : since);

/** Undefined for a text that is no position of ours. */
export function parsePosition(text: string): Position | undefined {
  const [since = '', upto, at = '', id = '', ...more] = text.split('/');
  if (!SNAPSHOT.test(since) || more.length > 0) return undefined;
  if (upto === undefined) return { since, within: null };
  return SNAPSHOT.test(upto) && INSTANT.test(at) && ID.test(id) ? { since, within: { upto, at, id } } : undefined;
}
