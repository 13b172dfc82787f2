import { readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { SourceKind, Unreadable } from '../../model.ts';
import { pickTables } from '../pick-tables.ts';
import { foldName, freeName } from '../postgres/free-name.ts';
import { formatName } from '../postgres/table-name.ts';

/** A file that can be read as a table. */
export interface TableFile {
  readonly schema: string;
  readonly name: string;
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly kind: SourceKind;
  /** What a person should know: that the table has another name than the file. */
  readonly notes: readonly string[];
}

const KINDS: Readonly<Record<string, SourceKind>> = { '.csv': 'csv', '.tsv': 'csv', '.ndjson': 'ndjson', '.jsonl': 'ndjson', '.parquet': 'parquet' };

/** What the ending of a file's name says of it; null for a file that is none of ours. */
function nameAndKind(file: string): { name: string; kind: SourceKind } | null {
  const zipped = parse(file).ext.toLowerCase() === '.gz';
  const { name, ext } = parse(zipped ? file.slice(0, -3) : file);
  const kind = KINDS[ext.toLowerCase()];
  return kind && name && !(zipped && kind === 'parquet') ? { name, kind } : null;
}

/** The kind of a file by its name; null for one that is not ours. */
export const kindOf = (path: string): SourceKind | null => nameAndKind(path.slice(path.lastIndexOf('/') + 1))?.kind ?? null;

/** Files below a folder, in the order of their names. Links are not followed: they may lead anywhere. */
async function walk(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) found.push(...(await walk(folder, path)));
    else if (entry.isFile()) found.push(path);
  }
  return found;
}

/** The tables that a folder holds: one a file, named by it, in a schema named by the subfolder. */
export async function findTableFiles(folder: string): Promise<TableFile[]> {
  const paths = await walk(folder).catch((error: unknown) => {
    throw new SluiceError('SOURCE_UNREACHABLE', `The folder ${folder} cannot be read: ${messageOf(error)}.`, {
      hint: 'Check that it exists on this machine, and that this user may read it.',
      cause: error,
    });
  });
  const files = paths.flatMap((path) => {
    const slash = path.lastIndexOf('/');
    const file = nameAndKind(path.slice(slash + 1));
    return file ? [{ ...file, path, schema: slash < 0 ? 'main' : path.slice(0, slash).replaceAll('/', '_') }] : [];
  });
  return [...Map.groupBy(files, ({ schema }) => foldName(schema)).values()].flatMap(withFreeNames);
}

/** Files of one schema: names that differ by case only are one name in the warehouse. */
function withFreeNames(files: readonly Omit<TableFile, 'notes'>[]): TableFile[] {
  const taken = new Set<string>();
  const all = files.map(({ name }) => name);
  return files.map((file) => {
    const name = freeName(file.name, taken, all);
    const note = `${file.path} is called ${file.schema}.${name} in the warehouse: names that differ by case only are one there.`;
    return { ...file, name, notes: name === file.name ? [] : [note] };
  });
}

/** Names of the tables of a folder, the largest file first; those that `only` names if it is given. */
export async function listFiles(
  folder: string,
  { only }: { readonly only?: string | undefined } = {},
): Promise<{ tables: string[]; unreadable: Unreadable[] }> {
  const all = await findTableFiles(folder);
  const picked = only === undefined ? all : pickTables(all, only);
  const sized = await Promise.all(picked.map(async (file) => ({ name: formatName(file), bytes: await sizeOf(join(folder, file.path)) })));
  return { tables: sized.sort((a, b) => b.bytes - a.bytes).map(({ name }) => name), unreadable: [] };
}

/** A file that has gone meanwhile is told of when it is planned. */
const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
