import { SluiceError } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';

interface KindOfSource {
  /** What stands before `://` in its URL. */
  readonly schemes: readonly string[];
  /** For a database: where it listens when a URL does not say. */
  readonly port?: string;
}

/**
 * The kinds of source, with what is to be known of each without its engine: whoever looks at a URL loads none. The engines are in
 * `sources/table.ts`, a row for each of these.
 */
export const SOURCE_KINDS = {
  postgres: { schemes: ['postgres', 'postgresql'], port: '5432' },
  files: { schemes: ['file'] },
} as const satisfies Record<string, KindOfSource>;

export type SourceKind = keyof typeof SOURCE_KINDS;
export type DatabaseKind = Exclude<SourceKind, 'files'>;

const KINDS = Object.entries(SOURCE_KINDS) as [SourceKind, KindOfSource][];
const SCHEMES = KINDS.flatMap(([, { schemes }]) => schemes);

/** What stands before `://`, in small letters, such as `postgres` or `jdbc:mysql`; undefined for a path or a name. */
export const schemeOf = (text: string): string | undefined => /^([a-z][a-z\d+.:-]*):\/\//i.exec(text)?.[1]?.toLowerCase();

/** By the scheme of a URL, however it is written; a path is one of files. */
export function kindOf(text: string): SourceKind {
  const scheme = schemeOf(text) ?? '';
  return KINDS.find(([, { schemes }]) => schemes.includes(scheme))?.[0] ?? 'files';
}

/** Whether this is the URL of a database. */
export const isDatabase = (text: string): boolean => kindOf(text) !== 'files';

/** The usual port of a kind of database. */
export const portOf = (kind: SourceKind): string => (SOURCE_KINDS[kind] as KindOfSource).port ?? '';

/** The path of a folder, which may be written as a URL. */
export const folderOf = (text: string): string => text.replace(/^file:\/\//i, '');

/** Refuses what looks like a URL of something else. The text may hold a password, so it is not repeated. */
export function expectKnownScheme(text: string): void {
  const scheme = schemeOf(text);
  if (scheme === undefined || SCHEMES.includes(scheme)) return;
  const [near] = nearest(scheme.slice(scheme.lastIndexOf(':') + 1), SCHEMES);
  throw new SluiceError('USAGE', `${scheme}://… is not a source that Sluice can read.`, {
    hint: `${near ? `Did you mean ${near}://? ` : ''}Use ${SCHEMES.map((known) => `${known}://`).join(', ')}, or the path of a folder.`,
  });
}
