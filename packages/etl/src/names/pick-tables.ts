import { SluiceError } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';
import { formatName, parsePatterns, type QualifiedName } from './qualified-name.ts';

/** Those of a job's tables that patterns such as `public.orders,sales.*` name. One that names nothing is a slip. */
export function pickTables<T extends QualifiedName>(all: readonly T[], only: string): T[] {
  const patterns = parsePatterns(only);
  if (!patterns)
    throw new SluiceError('USAGE', `"${only}" is not a list of table names.`, {
      hint: 'Write it like public.orders,sales.* and put odd names in double quotes.',
    });
  const idle = patterns.filter((pattern) => !all.some((table) => pattern.matches(table))).map(({ text }) => text);
  if (idle.length > 0) throw noSuchTables(idle, all.map(formatName));
  return all.filter((table) => patterns.some((pattern) => pattern.matches(table)));
}

/** A longer list does not help. */
const SHOWN = 20;

function noSuchTables(patterns: readonly string[], names: readonly string[]): SluiceError {
  const near = [...new Set(patterns.flatMap((pattern) => nearest(pattern.replaceAll('*', ''), names)))];
  const meant = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
  return new SluiceError('USAGE', `No table is called ${patterns.join(' or ')}.`, { hint: `${meant}${whatThereIs(names)}` });
}

function whatThereIs(names: readonly string[]): string {
  const some = `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ', …' : ''}`;
  if (names.length === 0) return 'There are no tables at all.';
  return names.length === 1 ? `There is one table: ${some}.` : `There are ${names.length} tables: ${some}.`;
}
