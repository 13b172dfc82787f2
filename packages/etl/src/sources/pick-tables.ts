import { SluiceError } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';
import { formatName, parsePatterns, type QualifiedName } from './postgres/table-name.ts';

/** Those of a source's tables that patterns such as `public.orders,sales.*` name. One that names nothing is a slip. */
export function pickTables<T extends QualifiedName>(all: readonly T[], only: string): T[] {
  const patterns = parsePatterns(only);
  if (!patterns)
    throw new SluiceError('USAGE', `"${only}" is no list of table names.`, {
      hint: 'Write it like public.orders,sales.* and put odd names in double quotes.',
    });
  const nothing = patterns.find((pattern) => !all.some((table) => pattern.matches(table)));
  if (nothing) throw noSuchTable(nothing.text, all.map(formatName));
  return all.filter((table) => patterns.some((pattern) => pattern.matches(table)));
}

function noSuchTable(pattern: string, names: readonly string[]): SluiceError {
  const near = nearest(pattern.replaceAll('*', ''), names);
  const some = names.length > 0 ? `, ${names.slice(0, 5).join(', ')} among them` : '';
  return new SluiceError('NOT_FOUND', `No table is called ${pattern}.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `The source has ${names.length} tables${some}.`,
  });
}
