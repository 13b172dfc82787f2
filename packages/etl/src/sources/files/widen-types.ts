import { join } from 'node:path';
import type { ColumnPlan, TablePlan } from '../../model.ts';
import type { Guess } from './guess-type.ts';
import { mergeColumns } from './merge-columns.ts';
import { planColumns } from './plan-columns.ts';
import { guessAllCsv } from './plan-csv.ts';
import { asMembers, membersOf } from './plan-many.ts';
import { guessAllNdjson } from './plan-ndjson.ts';
import type { Fault } from './text-format.ts';

/** A value that does not fit the type that was guessed for its column from a part of the file: no bad row, but a wrong guess. */
export class WrongGuess extends Error {
  override readonly name = 'WrongGuess';
  readonly fault: Fault;
  readonly line: number;
  /** Number of the file among those of its table. */
  readonly member: number;

  constructor(fault: Fault, line: number, member: number) {
    super(`Line ${line}: ${fault.reason}`);
    this.fault = fault;
    this.line = line;
    this.member = member;
  }
}

interface Guessed {
  readonly columns: readonly ColumnPlan[];
  readonly notes: readonly string[];
}

/** The plan of a table whose guess was wrong, with types that all values of the file fit. What a person has said of it stays. */
export async function widenTypes(plan: TablePlan, folder: string, { fault, line, member }: WrongGuess): Promise<TablePlan> {
  const files = membersOf(plan);
  const own = files[member] ?? plan;
  const guessed = await guessAll(own, join(folder, own.from.name));
  const widened = plan.members ? inTable(plan, files, member, guessed) : { ...plan, columns: guessed.columns };
  const before = new Map(plan.columns.map((column) => [column.name, column]));
  const changed = widened.columns.filter((column) => !isSame(before.get(column.name), column));
  const place = plan.members ? `${own.from.name}, line ${line}` : `Line ${line}`;
  const types = changed.map(({ name, type }) => `${name} ${type}`).join(', ');
  const why = `${place}, column ${fault.column}: ${fault.reason}. The types were guessed from a part of the file; it was read again with types that all its values fit: ${types}.`;
  const notes = guessed.notes.filter((note) => changed.some(({ name }) => note.startsWith(`Column ${name} `)) && !plan.notes.includes(note));
  return { ...widened, notes: [...plan.notes, why, ...notes] };
}

/** Columns of the table, where one of its files has other types than were planned. */
function inTable(plan: TablePlan, files: readonly TablePlan[], member: number, { columns }: Guessed): TablePlan {
  const all = files.map(({ from, columns: planned }, index) => ({ file: from.name, columns: index === member ? columns : planned }));
  const merged = mergeColumns(plan.kind, all);
  if (typeof merged === 'string') throw new TypeError(merged);
  const keys = plan.columns.filter(({ name }) => files.some((file) => file.keys !== undefined && name in file.keys));
  return { ...plan, columns: [...merged.columns, ...keys], members: asMembers(files, merged) };
}

const isSame = (a: ColumnPlan | undefined, b: ColumnPlan): boolean =>
  a?.type === b.type && JSON.stringify(a.type_args) === JSON.stringify(b.type_args) && a.source_type === b.source_type;

const isGiven = ({ type_args }: ColumnPlan): boolean => type_args['given'] === true;

async function guessAll(
  { kind, columns, file = {} }: { readonly kind: string; readonly columns: readonly ColumnPlan[]; readonly file?: object },
  path: string,
): Promise<Guessed> {
  const found = kind === 'ndjson' ? await guessAllNdjson(path, file) : null;
  const guesses = found ?? (await guessAllCsv(path, columns.length, file));
  const old = new Set(columns.map(({ source_name }) => source_name));
  const added = found ? [...found.keys()].filter((key) => !old.has(key)) : [];
  const sources = [...columns.map(({ source_name }) => source_name), ...added];
  const guessOf = (source: string, index: number): Guess => (guesses instanceof Map ? guesses.get(source) : guesses[index]) ?? NOTHING;
  const planned = planColumns(sources, sources.map(guessOf), {});
  if (typeof planned === 'string') throw new TypeError(planned);
  return { notes: planned.notes, columns: planned.columns.map((column, index) => settle(columns[index], column)) };
}

const NOTHING: Guess = { type: 'JSON', type_args: {}, kind: 'mixed', note: null };

const settle = (old: ColumnPlan | undefined, anew: ColumnPlan): ColumnPlan =>
  old === undefined
    ? anew
    : { ...anew, name: old.name, ...(isGiven(old) && { type: old.type, type_args: old.type_args, neutral_type: old.neutral_type }) };
