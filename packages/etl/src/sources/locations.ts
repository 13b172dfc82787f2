import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';
import { sourceVariable } from '@sluice/core/settings/source-variable';
import { HOME_FOLDER, makeOwnFolder, writeWhole } from '@sluice/home/files';

/** Where a source is. A URL may hold a password: it stands in this file, mode 0600, or in the environment, never in a run. */
export type SourceLocation = { readonly kind: 'postgres'; readonly url: string } | { readonly kind: 'files'; readonly folder: string };

const fileOf = (home: string) => join(home, 'sources.json');

/** What stands before `://`, in small letters, such as `postgres` or `jdbc:mysql`; undefined for a path or a name. */
const schemeOf = (text: string): string | undefined => /^([a-z][a-z\d+.:-]*):\/\//i.exec(text)?.[1]?.toLowerCase();

const DATABASES = ['postgres', 'postgresql'];
const SCHEMES = [...DATABASES, 'file'];

/** Whether this is the URL of a database, however its scheme is written. */
export const isDatabase = (text: string): boolean => DATABASES.includes(schemeOf(text) ?? '');

/** The path of a folder, which may be written as a URL. */
export const folderOf = (text: string): string => text.replace(/^file:\/\//i, '');

/** Refuses what looks like a URL of something else. The text may hold a password, so it is not repeated. */
export function expectKnownScheme(text: string): void {
  const scheme = schemeOf(text);
  if (scheme === undefined || SCHEMES.includes(scheme)) return;
  const [near] = nearest(scheme.slice(scheme.lastIndexOf(':') + 1), SCHEMES);
  throw new SluiceError('USAGE', `${scheme}://… is not a source that Sluice can read.`, {
    hint: `${near ? `Did you mean ${near}://? ` : ''}Known are ${SCHEMES.map((known) => `${known}://`).join(', ')}, and the path of a folder.`,
  });
}

const EMBEDDED = /^embedded:/;

/** A database of the home's own PostgreSQL, wherever it listens now. */
export const embeddedSource = (database: string): string => `embedded:${database}`;

/** A URL of PostgreSQL, or a folder with files. */
export function parseLocation(text: string): SourceLocation {
  expectKnownScheme(text);
  return isDatabase(text) ? { kind: 'postgres', url: text } : { kind: 'files', folder: folderOf(text) };
}

async function readAll(home: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(fileOf(home), 'utf8')) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** Where the source of this name is: in the environment, or in the home's `sources.json`. A URL, or the path of a folder, is a name too. */
export async function findSource(home: string, name: string): Promise<SourceLocation> {
  const text = process.env[sourceVariable(name)] ?? (await readAll(home))[name];
  if (text && EMBEDDED.test(text)) return { kind: 'postgres', url: await embeddedUrl(home, text.replace(EMBEDDED, '')) };
  if (text) return parseLocation(text);
  if (schemeOf(name) !== undefined || isAbsolute(name)) return parseLocation(name);
  throw new SluiceError('SOURCE_UNREACHABLE', `The source "${name}" is not configured.`, {
    hint: `${name.startsWith('demo') ? 'sluice demo fills the source of the demo. For one of yours: set' : 'Set'} ${sourceVariable(name)} in the worker's environment, and name the source in its deployment: deploy(…, { sources: [${JSON.stringify(name)}] }). Or note it in ${fileOf(home)}.`,
  });
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
