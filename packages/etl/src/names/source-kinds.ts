import { SluiceError } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';

interface KindOfSource {
  /** What stands before `://` in its URL. */
  readonly schemes: readonly string[];
  /** How its address is written. */
  readonly example: string;
  /** For a server: where it listens when a URL does not say. */
  readonly port?: string;
  /** Where a password is found that is not in the URL. */
  readonly password?: string;
  /** All tables of a job can be read in one state of it. */
  readonly snapshot?: true;
}

/**
 * The kinds of source, with what is to be known of each without its engine: whoever looks at a URL loads none. The engines are in
 * `sources/table.ts`, a row for each of these.
 */
export const SOURCE_KINDS = {
  postgres: {
    schemes: ['postgres', 'postgresql'],
    example: 'postgres://user@host:5432/database',
    port: '5432',
    password: 'PGPASSWORD or ~/.pgpass',
    snapshot: true,
  },
  mysql: { schemes: ['mysql', 'mariadb'], example: 'mysql://user@host:3306/database', port: '3306', password: 'MYSQL_PWD' },
  sqlite: { schemes: ['sqlite'], example: 'sqlite:///srv/shop.db' },
  files: { schemes: ['file'], example: './exports' },
  web: { schemes: ['https', 'http'], example: 'https://host/folder/' },
  s3: { schemes: ['s3'], example: 's3://bucket/folder' },
} as const satisfies Record<string, KindOfSource>;

export type SourceKind = keyof typeof SOURCE_KINDS;
/** Files that are in no folder of this machine. */
export type RemoteKind = 'web' | 's3';
export type DatabaseKind = Exclude<SourceKind, 'files' | RemoteKind>;

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
export const isDatabase = (text: string): boolean => kindOf(text) !== 'files' && !isRemote(text);

/** Whether this is the URL of files on a web server or in an object store. */
export const isRemote = (text: string): boolean => ['web', 's3'].includes(kindOf(text));

/** What is known of a kind. */
export const factsOf = (kind: SourceKind): KindOfSource => SOURCE_KINDS[kind];

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
