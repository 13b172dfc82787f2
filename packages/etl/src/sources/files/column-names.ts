import type { ColumnPlan } from '../../model.ts';
import { freeName } from '../../names/free-name.ts';
import type { ExactType } from './forms.ts';

/** Names for the columns of a file: one that has none gets its number, one that another has up to capitals gets a number behind it. */
export function columnNames(sourceNames: readonly string[]): { names: string[]; notes: string[] } {
  const wanted = sourceNames.map((name, index) => name || `column_${index + 1}`);
  const taken = new Set<string>();
  const names = wanted.map((name) => freeName(name, taken, wanted));
  const notes = names.flatMap((name, index) => {
    const old = wanted[index] ?? '';
    if (name === old) return [];
    const why = wanted.indexOf(old) < index ? 'another one has the same name' : 'names that differ only by case are the same there';
    return [`Column ${old} is called ${name} in the warehouse: ${why}.`];
  });
  return { names, notes };
}

/** The plan of a column of a text file. */
export const textColumn = (source_name: string, name: string, source_type: string, { type, type_args }: ExactType): ColumnPlan => ({
  source_name,
  name,
  source_type,
  type,
  type_args,
  neutral_type: type,
});
