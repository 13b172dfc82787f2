import { isAbsolute, normalize } from 'node:path';
import type { TableSpec } from '../../../model.ts';
import { parseName } from '../../../names/qualified-name.ts';
import { nameAndKind, namedByPerson } from '../file-kinds.ts';
import { placeFiles, type TableFile } from '../list-files.ts';
import { fitsPattern } from '../pattern.ts';
import type { FoundFile, PassedOver } from '../walk-folder.ts';
import { pathFault, type RemoteFile } from './place.ts';

/** The files that one table is made of, and how they are asked for. */
export interface ChosenFiles {
  /** The path of one file, a folder, or a pattern. */
  readonly from: string;
  readonly paths: readonly string[];
  readonly notes: readonly string[];
}

/** What of a listing is a table, each in its schema, and what is not, by the names alone: nothing is read for it. */
export function judgeFiles(files: readonly RemoteFile[]): { readonly tables: readonly TableFile[]; readonly others: readonly PassedOver[] } {
  const found: FoundFile[] = [];
  const others: PassedOver[] = [];
  for (const { path } of files) {
    const fault = pathFault(path);
    const named = nameAndKind(path.slice(path.lastIndexOf('/') + 1));
    if (path.split('/').some((part) => part.startsWith('.')))
      others.push({ path, reason: 'its name begins with a dot, which hides it', is_data: false });
    else if (fault !== null) others.push({ path, reason: fault, is_data: true });
    else if ('kind' in named) found.push({ path, ...named });
    else others.push({ path, ...named });
  }
  return { tables: placeFiles(found), others };
}

/** The files of a table, or why there are none. A server that lists nothing has what it is asked for, as far as anybody knows. */
export function chooseFiles({ name, from }: Pick<TableSpec, 'name' | 'from'>, listing: readonly RemoteFile[] | null): ChosenFiles | string {
  if (from !== undefined) return chooseNamed(from, listing);
  if (listing === null) return `a web server lists nothing: name its file, such as --table '${name}=orders.csv'`;
  const parsed = parseName(name);
  const target = /^[^."]+$/.test(name) || !parsed ? { schema: 'main', name } : parsed;
  const { tables } = judgeFiles(listing);
  const file = tables.find((each) => each.schema === target.schema && each.name === target.name);
  if (file) return { from: file.path, paths: [file.path], notes: file.notes };
  const folder = target.schema === 'main' ? target.name : `${target.schema}/${target.name}`;
  if (listing.some(({ path }) => path.startsWith(`${folder}/`))) return chooseNamed(folder, listing);
  return `no file of the source is called ${name}`;
}

function chooseNamed(written: string, listing: readonly RemoteFile[] | null): ChosenFiles | string {
  const from = normalize(written);
  if (isAbsolute(from) || from.startsWith('..')) return `${written} is not below the folder of the source`;
  const isPattern = /[*?]/.test(from);
  const isOne = listing === null ? !isPattern && !from.endsWith('/') : listing.some(({ path }) => path === from);
  if (isOne) {
    const named = namedByPerson(from);
    const fault = pathFault(from) ?? ('kind' in named ? null : named.reason);
    return fault === null ? { from, paths: [from], notes: [] } : `${from} is not read: ${fault}`;
  }
  if (listing === null) return `${written} names no single file: a web server lists nothing, so each of its files is named by itself`;
  const fits = fitsPattern(from, !isPattern);
  const { tables, others } = judgeFiles(listing.filter(({ path }) => fits(path)));
  const notes = others.map(({ path, reason }) => `${path} is not read: ${reason}.`);
  if (tables.length > 0) return { from, paths: tables.map(({ path }) => path).sort(), notes };
  return [isPattern ? `no file that can be read fits ${written}` : `there is no ${written} in the source`, ...notes].join('. ');
}
