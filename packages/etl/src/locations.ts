import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { sourceVariable } from '@sluice/core/settings/source-variable';
import { HOME_FOLDER, makeOwnFolder, writeWhole } from '@sluice/home/files';
import { readSourceUrl } from '@sluice/sdk';
import { expectNoSecret } from './names/remote-url.ts';
import { expectKnownScheme, folderOf, isRemote, kindOf, type SourceKind, schemeOf } from './names/source-kinds.ts';

/** Where a source is: a URL, or the path of a folder. A URL may hold a password: it stands in this file, mode 0600, or in the environment, never in a run. */
export interface SourceLocation {
  readonly kind: SourceKind;
  readonly address: string;
}

const fileOf = (home: string) => join(home, 'sources.json');

const EMBEDDED = /^embedded:/;

/** A database of the home's own PostgreSQL, wherever it listens now. */
export const embeddedSource = (database: string): string => `embedded:${database}`;

function parseLocation(text: string): SourceLocation {
  expectKnownScheme(text);
  const kind = kindOf(text);
  return { kind, address: kind === 'files' ? folderOf(text) : text };
}

async function readAll(home: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(fileOf(home), 'utf8')) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/**
 * Where the source of this name is: in the environment, in the home's `sources.json`, or, for the run of a flow that names it, at the
 * server. A URL, or the path of a folder, is a name too.
 */
export async function findSource(home: string, name: string): Promise<SourceLocation> {
  const isFolder = isAbsolute(name) || schemeOf(name) === 'file';
  const text = await findText(home, name, isFolder);
  if (text) return parseLocation(text);
  if (isRemote(name)) expectNoSecret(name);
  if (schemeOf(name) !== undefined || isAbsolute(name)) return parseLocation(name);
  throw new SluiceError('SOURCE_UNREACHABLE', `The source "${name}" is not configured.`, {
    hint: `${name.startsWith('demo') ? 'sluice demo fills the source of the demo. For one of yours: set' : 'Set'} ${sourceVariable(name)} in the worker's environment, and name the source in its deployment: deploy(…, { sources: [${JSON.stringify(name)}] }). Or write it into ${fileOf(home)}, or let the server tell all workers: sluice source set ${JSON.stringify(name)}.`,
  });
}

/** Where the warehouse of this name is, looked for in the same places: its URL with the password, or the name itself. */
export const findWarehouse = async (home: string, name: string): Promise<string> => (await findText(home, name, false)) ?? name;

/** What is noted of a name, nearest first. Nobody keeps secrets of a folder. */
async function findText(home: string, name: string, isFolder: boolean): Promise<string | undefined> {
  const text = process.env[sourceVariable(name)] ?? (await readAll(home))[name] ?? (isFolder ? undefined : await readSourceUrl(name));
  return text && EMBEDDED.test(text) ? await embeddedUrl(home, text.replace(EMBEDDED, '')) : text;
}

/** The server writes down where its PostgreSQL is each time it starts. */
async function embeddedUrl(home: string, database: string): Promise<string> {
  const url = await readFile(join(home, 'postgres.url'), 'utf8').catch((cause: unknown) => {
    throw new SluiceError('SOURCE_UNREACHABLE', `The home ${home} has no PostgreSQL of its own.`, {
      hint: `Start the server on this home, or name the source in ${fileOf(home)}.`,
      cause,
    });
  });
  // It listens on this machine only, and encrypts nothing: it is not asked first.
  return `${url}${database}?sslmode=disable`;
}

/** What is noted of where a source is. */
export const readSource = async (home: string, name: string): Promise<string | undefined> => (await readAll(home))[name];

/** Notes where a source is, for the workers of this home; undefined forgets it. */
export async function writeSource(home: string, name: string, text: string | undefined): Promise<void> {
  const file = fileOf(home);
  const sources = { ...(await readAll(home)), [name]: text };
  await makeOwnFolder(home, HOME_FOLDER);
  await writeWhole(file, `${JSON.stringify(sources, null, 2)}\n`);
}
