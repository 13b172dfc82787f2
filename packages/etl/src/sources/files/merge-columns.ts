import type { ColumnPlan, TablePlan } from '../../model.ts';
import { foldName } from '../../names/free-name.ts';
import { columnNames } from './column-names.ts';
import { widerType } from './wider-type.ts';

/** The columns of one file of several that are one table. */
export interface FileColumns {
  readonly file: string;
  readonly columns: readonly ColumnPlan[];
}

export interface MergedColumns {
  readonly columns: ColumnPlan[];
  /** The columns of each file, in its own order, by their names in the table. */
  readonly ofFiles: ColumnPlan[][];
  readonly notes: string[];
}

interface Occurrence {
  readonly file: string;
  readonly column: ColumnPlan;
}

/** Columns of several files by their names; a text says which two cannot be one column. */
export function mergeColumns(kind: TablePlan['kind'], files: readonly FileColumns[]): MergedColumns | string {
  // Keys of JSON differ by case; names of a header do not, for the warehouse could not tell them apart.
  const keyOf = (column: ColumnPlan) => (kind === 'ndjson' ? column.source_name : foldName(column.name));
  const found = Map.groupBy(
    files.flatMap(({ file, columns }) => columns.map((column): Occurrence => ({ file, column }))),
    ({ column }) => keyOf(column),
  );
  const first = [...found.values()].map(([each]) => each?.column.name ?? '');
  const { names, notes } = columnNames(first);
  const merged = new Map<string, ColumnPlan>();
  for (const [index, [key, places]] of [...found].entries()) {
    const column = mergeColumn(kind, places, names[index] ?? '');
    if (typeof column === 'string') return column;
    merged.set(key, column);
    notes.push(...differences(column, places, files));
  }
  const ofFiles = files.map(({ columns }) => columns.map((column) => inTable(kind, column, merged.get(keyOf(column)) ?? column)));
  return { columns: [...merged.values()], ofFiles, notes };
}

/** Text is read with the types of the table; Parquet has its own, and is cast behind the reader. */
const inTable = (kind: TablePlan['kind'], own: ColumnPlan, merged: ColumnPlan): ColumnPlan =>
  kind === 'parquet' ? { ...own, name: merged.name } : { ...merged, source_name: own.source_name };

const isSame = (a: ColumnPlan, b: ColumnPlan): boolean =>
  a.neutral_type === b.neutral_type &&
  a.type === b.type &&
  a.source_type === b.source_type &&
  JSON.stringify(a.type_args) === JSON.stringify(b.type_args);

function mergeColumn(kind: TablePlan['kind'], places: readonly Occurrence[], name: string): ColumnPlan | string {
  const [{ column, file } = { column: undefined, file: '' }, ...others] = places;
  if (!column) return 'A column has no place.';
  const other = others.find((each) => !isSame(each.column, column));
  if (!other) return { ...column, name };
  const type = widerType(
    kind,
    places.map((each) => each.column),
  );
  if (type === null) {
    return `Column ${name} is ${column.neutral_type} in ${file} and ${other.column.neutral_type} in ${other.file}: no type holds both.`;
  }
  return { ...column, name, ...type, type_args: {} };
}

const SHOWN = 3;

function differences(column: ColumnPlan, places: readonly Occurrence[], files: readonly FileColumns[]): string[] {
  const has = new Set(places.map(({ file }) => file));
  const without = files.filter(({ file }) => !has.has(file)).map(({ file }) => file);
  const types = [...new Map(places.map((place) => [place.column.neutral_type, place])).values()];
  const sources = new Set(places.map((place) => place.column.source_name));
  const list = `${without.slice(0, SHOWN).join(', ')}${without.length > SHOWN ? `, and ${without.length - SHOWN} more` : ''}`;
  return [
    ...(types.length > 1
      ? [
          `Column ${column.name} is ${types.map((each) => `${each.column.neutral_type} in ${each.file}`).join(', ')}: it is ${column.neutral_type} in the table.`,
        ]
      : []),
    ...(without.length > 0 ? [`Column ${column.name} is not in ${list}: its values are NULL there.`] : []),
    ...(sources.size > 1 ? [`Column ${column.name} is written ${[...sources].join(', ')}: it is one column in the table.`] : []),
  ];
}
