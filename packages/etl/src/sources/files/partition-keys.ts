import { Buffer } from 'node:buffer';
import type { ColumnPlan, ColumnTypes, TablePlan, Unreadable } from '../../model.ts';
import { columnNames, textColumn } from './column-names.ts';
import type { ExactType } from './forms.ts';
import { GIVEN_TYPES, givenCheck, givenType } from './given-types.ts';
import { TypeGuess } from './guess-type.ts';
import { POINT } from './number-text.ts';
import { GIVEN } from './text-types.ts';

/** Values of the keys that a file's folders name, such as `year=2024/`; null for what Hive writes where there is no value. */
export type PartitionKeys = Readonly<Record<string, string | null>>;

const NO_VALUE = '__HIVE_DEFAULT_PARTITION__';

/** The keys of the folders above a file; a text says which one is there twice. */
export function keysOfPath(path: string): PartitionKeys | string {
  const found = new Map<string, string | null>();
  for (const folder of path.split('/').slice(0, -1)) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(folder) ?? [];
    if (key === undefined || value === undefined) continue;
    const name = unescaped(key);
    if (found.has(name)) return `${path} is in two folders that name the key ${name}.`;
    found.set(name, value === NO_VALUE ? null : unescaped(value));
  }
  return Object.fromEntries(found);
}

/** Hive writes signs that a path cannot have as `%2F`. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A table of files with the keys of their folders as columns, behind those of the files, under names that are free. Keys that are not
 * asked for are none: a folder's name may say something else than its files.
 */
export function withKeys(plan: TablePlan, types: ColumnTypes): TablePlan | Unreadable {
  const { table, members = [] } = plan;
  const ofFiles = members.map(({ name }) => keysOfPath(name));
  const fault = ofFiles.find((keys) => typeof keys === 'string');
  if (fault !== undefined) return { table, reason: fault };
  const files = ofFiles.filter((keys) => typeof keys !== 'string');
  const keys = [...new Set(files.flatMap((file) => Object.keys(file)))];
  if (keys.length === 0) return { ...plan, notes: [...plan.notes, 'None of its folders names a key, such as year=2024.'] };
  const { names, notes } = columnNames([...plan.columns.map(({ name }) => name), ...keys]);
  const nameOf = new Map(keys.map((key, index) => [key, names[plan.columns.length + index] ?? key]));
  const columns: ColumnPlan[] = [];
  for (const [key, name] of nameOf) {
    const type = typeOf(
      key,
      files.flatMap((file) => file[key] ?? []),
      types[key],
    );
    if (typeof type === 'string') return { table, reason: type };
    columns.push(textColumn(key, name, 'key', type));
    const without = files.filter((file) => !Object.hasOwn(file, key)).length;
    notes.push(
      `Column ${name} is the key ${key} of the folders${without > 0 ? `: NULL for ${without} of ${files.length} files, whose folders do not name it` : ''}.`,
    );
  }
  return {
    ...plan,
    columns: [...plan.columns, ...columns],
    notes: [...plan.notes, ...notes],
    members: members.map((member, index) => ({
      ...member,
      columns: member.columns ?? plan.columns,
      keys: Object.fromEntries([...nameOf].map(([key, name]) => [name, files[index]?.[key] ?? null])),
    })),
  };
}

function typeOf(key: string, values: readonly string[], wanted: string | undefined): ExactType | string {
  const blocks = values.map((value) => Buffer.from(value));
  if (wanted === undefined) {
    const guess = new TypeGuess();
    for (const block of blocks) guess.add('text', block, 0, block.length);
    return guess.decide() ?? { type: 'VARCHAR', type_args: {} };
  }
  const type = givenType(wanted);
  if (type === null) return `Column ${key} cannot have the type ${wanted}. The types are ${GIVEN_TYPES.join(', ')}.`;
  const keeps = givenCheck(type, POINT);
  const bad = blocks.findIndex((block) => keeps !== null && !keeps(block, 0, block.length));
  return bad < 0 ? { type, type_args: GIVEN } : `The folder ${key}=${values[bad]} cannot be kept as ${type}.`;
}
