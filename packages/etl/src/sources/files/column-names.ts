import type { ColumnPlan } from '../../model.ts';
import { freeName } from '../postgres/free-name.ts';

/** Names for the columns of a file: one that has none gets its number, one that another has up to capitals gets a number behind it. */
export function columnNames(sourceNames: readonly string[]): { names: string[]; notes: string[] } {
  const wanted = sourceNames.map((name, index) => name.replaceAll('\0', '') || `column_${index + 1}`);
  const taken = new Set<string>();
  const names = wanted.map((name) => freeName(name, taken, wanted));
  const notes = names.flatMap((name, index) =>
    name === wanted[index] ? [] : [`Column ${wanted[index]} is called ${name} in the warehouse: names that differ by case only are one there.`],
  );
  return { names, notes };
}

/** The plan of a column of a text file. */
export const textColumn = (source_name: string, name: string, source_type: string, type: string): ColumnPlan => ({
  source_name,
  name,
  source_type,
  type,
  type_args: {},
  duckdb_type: type,
});
