import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { faultOf } from './fault-of.ts';
import { adviceOn } from './file-content.ts';
import { type NamedFile, nameAndKind } from './file-kinds.ts';
import { readContent } from './open-bytes.ts';

/** A file of a folder that a table can be made of. */
export interface FoundFile {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly name: string;
  readonly kind: Extract<NamedFile, { kind: unknown }>['kind'];
}

/** An entry of a folder that is not read, and why. */
export interface PassedOver {
  readonly path: string;
  readonly reason: string;
  /** Whether somebody may miss it: text that nobody takes for a table, such as a README, is not missed. */
  readonly is_data: boolean;
}

export interface FolderEntries {
  readonly files: readonly FoundFile[];
  readonly others: readonly PassedOver[];
}

/** What stands below a folder, in the order of names: every entry is either a file to read, or is named with the reason why not. */
export async function walkFolder(folder: string): Promise<FolderEntries> {
  const entries = await readEntries(folder, '').catch((error: unknown) => {
    throw new SluiceError('SOURCE_UNREACHABLE', `The folder ${folder} cannot be read: ${messageOf(error)}.`, {
      hint: 'Check that it exists on this machine, and that this user may read it.',
      cause: error,
    });
  });
  const found = await walk(folder, '', entries);
  return { files: found.filter((entry) => 'kind' in entry), others: found.filter((entry) => 'reason' in entry) };
}

async function readEntries(folder: string, below: string): Promise<Dirent[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function walk(folder: string, below: string, entries: readonly Dirent[]): Promise<(FoundFile | PassedOver)[]> {
  const found: (FoundFile | PassedOver)[] = [];
  for (const entry of entries) {
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (!entry.isDirectory() || entry.name.startsWith('.')) found.push(await judge(folder, path, entry));
    else {
      const inside = await readEntries(folder, path).catch(faultOf);
      if (typeof inside === 'string') found.push(passed(path, `the folder cannot be read: ${inside}`));
      else found.push(...(await walk(folder, path, inside)));
    }
  }
  return found;
}

const passed = (path: string, reason: string, is_data = true): PassedOver => ({ path, reason, is_data });

async function judge(folder: string, path: string, entry: Dirent): Promise<FoundFile | PassedOver> {
  if (entry.name.startsWith('.')) return passed(path, 'its name begins with a dot, which hides it', false);
  if (entry.isSymbolicLink()) return passed(path, 'it is a link, which may lead anywhere: put the file itself there');
  if (!entry.isFile()) return passed(path, 'it is not a file', false);
  const named = nameAndKind(entry.name);
  if (!('kind' in named)) return passed(path, named.reason, named.is_data);
  const reason = await contentFault(join(folder, path));
  return reason === null ? { path, ...named } : passed(path, reason);
}

/** Why a file with a good name is not read, by what is in it. */
async function contentFault(file: string): Promise<string | null> {
  try {
    return adviceOn(await readContent(file));
  } catch (error) {
    // A name that is not UTF-8 is not the one by which the file can be opened.
    return file.includes('\ufffd') && (await isMissing(file)) ? 'its name is not UTF-8: rename it' : `it cannot be opened: ${faultOf(error)}`;
  }
}

const isMissing = (file: string): Promise<boolean> =>
  stat(file).then(
    () => false,
    () => true,
  );
