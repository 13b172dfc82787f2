import { nearest } from '@sluice/core/lib/nearest';
import type { ColumnPlan, ColumnTypes } from '../../model.ts';
import { columnNames, textColumn } from './column-names.ts';
import { GIVEN_TYPES, givenType } from './given-types.ts';
import type { Guess } from './guess-type.ts';
import { GIVEN } from './text-types.ts';

/** Types that a person has given: to columns of this table, which must be there, and to columns of any table. */
export interface GivenTypes {
  readonly types?: ColumnTypes | undefined;
  readonly anyTypes?: ColumnTypes | undefined;
}

export interface PlannedColumns {
  readonly columns: ColumnPlan[];
  readonly notes: string[];
}

/** Columns by the names that they have in the file, with the types that were guessed or given; a text says what is wrong with these. */
export function planColumns(sources: readonly string[], guesses: readonly Guess[], given: GivenTypes): PlannedColumns | string {
  const { names, notes } = columnNames(sources);
  const resolved = resolveTypes(sources, names, given);
  if (typeof resolved === 'string') return resolved;
  const columns = guesses.map((guess, index) => {
    const name = names[index] ?? '';
    const type = resolved.types.get(index);
    if (type === undefined && guess.note) notes.push(`Column ${name} ${guess.note}`);
    return textColumn(sources[index] ?? '', name, guess.kind, type === undefined ? guess : { type, type_args: GIVEN });
  });
  return { columns, notes: [...notes, ...resolved.notes] };
}

interface ResolvedTypes {
  readonly types: ReadonlyMap<number, string>;
  readonly notes: readonly string[];
}

function resolveTypes(sources: readonly string[], names: readonly string[], { types = {}, anyTypes = {} }: GivenTypes): ResolvedTypes | string {
  const found = new Map<number, string>();
  const notes: string[] = [];
  for (const [column, written] of [...Object.entries(anyTypes), ...Object.entries(types)]) {
    const type = givenType(written);
    if (type === null) return `Column ${column} cannot have the type ${written}. The types are ${GIVEN_TYPES.join(', ')}.`;
    const index = sources.includes(column) ? sources.indexOf(column) : names.indexOf(column);
    if (index >= 0) found.set(index, type);
    else if (column in types) return `It has no column ${column} to give the type ${type}.${meant(column, names)}`;
    else notes.push(`It has no column ${column} to give the type ${type}.${meant(column, names)}`);
  }
  return { types: found, notes };
}

function meant(column: string, names: readonly string[]): string {
  const near = nearest(column, names);
  return near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
}
