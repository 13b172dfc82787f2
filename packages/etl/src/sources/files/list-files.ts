import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FileFormat, Unreadable } from '../../model.ts';
import { foldName, freeName } from '../../names/free-name.ts';
import { pickTables } from '../../names/pick-tables.ts';
import { formatName } from '../../names/qualified-name.ts';
import { type FoundFile, type PassedOver, walkFolder } from './walk-folder.ts';

/** A file that can be read as a table. */
export interface TableFile {
  readonly schema: string;
  readonly name: string;
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly kind: FileFormat;
  /** What a person should know: that the table has another name than the file. */
  readonly notes: readonly string[];
}

/** The tables that a folder holds, one a file, named by it, in a schema named by the subfolder; and what of it is not read. */
export async function findTableFiles(folder: string): Promise<{ tables: TableFile[]; others: readonly PassedOver[] }> {
  const { files, others } = await walkFolder(folder);
  return { tables: placeFiles(files), others };
}

/** The same of files that were found in whatever way. */
export function placeFiles(files: readonly FoundFile[]): TableFile[] {
  const placed = files.map((file) => ({ ...file, schema: schemaOf(file.path) }));
  return [...Map.groupBy(placed, ({ schema }) => foldName(schema)).values()].flatMap(withFreeNames);
}

const schemaOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')).replaceAll('/', '_') : 'main');

/** Files of one schema: names that differ by case only are one name in the warehouse. */
function withFreeNames(files: readonly Omit<TableFile, 'notes'>[]): TableFile[] {
  const taken = new Set<string>();
  const all = files.map(({ name }) => name);
  return files.map((file) => {
    const name = freeName(file.name, taken, all);
    const note = `${file.path} is called ${file.schema}.${name} in the warehouse: names that differ only by case are the same there.`;
    return { ...file, name, notes: name === file.name ? [] : [note] };
  });
}

/** Names of the tables of a folder, the largest file first, those that `only` names if it is given; and every entry that is not read. */
export async function listFiles(
  folder: string,
  { only }: { readonly only?: string | undefined } = {},
): Promise<{ tables: string[]; unreadable: Unreadable[] }> {
  return await tablesToRead(folder, { ...(await findTableFiles(folder)), only, sizeOf: ({ path }) => sizeOf(join(folder, path)) });
}

interface ToRead {
  readonly tables: readonly TableFile[];
  readonly others: readonly PassedOver[];
  readonly only: string | undefined;
  readonly sizeOf: (file: TableFile) => Promise<number>;
}

/** Of what was found in a place, what is asked for. */
export async function tablesToRead(
  place: string,
  { tables: all, others, only, sizeOf: bytesOf }: ToRead,
): Promise<{ tables: string[]; unreadable: Unreadable[] }> {
  if (all.length === 0) throw nothingToRead(place, others);
  const picked = only === undefined ? all : pickTables(all, only);
  const sized = await Promise.all(picked.map(async (file) => ({ name: formatName(file), bytes: await bytesOf(file) })));
  return {
    tables: sized.sort((a, b) => b.bytes - a.bytes).map(({ name }) => name),
    unreadable: only === undefined ? others.map(toUnreadable) : [],
  };
}

const toUnreadable = ({ path, reason, is_data }: PassedOver): Unreadable => ({
  table: path,
  reason: `${reason}.`,
  entry: is_data ? 'data' : 'other',
});

/** A longer list does not help. */
const SHOWN = 20;

function nothingToRead(folder: string, others: readonly PassedOver[]): SluiceError {
  const list = others.slice(0, SHOWN).map(({ path, reason }) => `\n  ${path}: ${reason}`);
  const more = others.length > SHOWN ? `\n  and ${others.length - SHOWN} more` : '';
  const what = others.length === 0 ? 'it is empty.' : `nothing in it is a table:${list.join('')}${more}`;
  return new SluiceError('USAGE', `There is nothing to read in ${folder}: ${what}`, {
    hint: 'Tables are files that end in .csv, .tsv, .tab, .ndjson, .jsonl, .json or .parquet; text files can be packed as .gz or .zst.',
  });
}

/** A file that has gone meanwhile is told of when it is planned. */
const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
