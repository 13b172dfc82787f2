import { messageOf } from '@sluice/core/errors/sluice-error';

/** What DuckDB or the system says of a file, as the end of a sentence: without the kind of the error, its place in a query, and a full stop. */
export function faultOf(error: unknown): string {
  const [first = ''] = messageOf(error).split('\n');
  return first.replace(/^[A-Z][A-Za-z ]* Error: /, '').replace(/\.$/, '');
}
