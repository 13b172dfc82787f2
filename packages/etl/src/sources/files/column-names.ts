import type { ColumnPlan } from '../../model.ts';

/** Names for the columns of a file: one that has none gets its number, one that another has up to capitals gets a number behind it. */
export function columnNames(sourceNames: readonly string[]): { names: string[]; notes: string[] } {
  const taken = new Set(sourceNames.map((name) => name.toLowerCase()));
  const used = new Set<string>();
  const notes: string[] = [];
  const names = sourceNames.map((source, index) => {
    const wanted = source.replaceAll('\0', '') || `column_${index + 1}`;
    let name = wanted;
    for (let number = 2; used.has(name.toLowerCase()) || (name !== source && taken.has(name.toLowerCase())); number++) name = `${wanted}_${number}`;
    used.add(name.toLowerCase());
    if (name !== source && source !== '')
      notes.push(`column ${JSON.stringify(source)} is ${JSON.stringify(name)}, since another one has its name up to capitals`);
    return name;
  });
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
