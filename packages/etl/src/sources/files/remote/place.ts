/** A file that is elsewhere. */
export interface RemoteFile {
  /** Below the place, with `/`. */
  readonly path: string;
  /** Null where nobody has said so yet. */
  readonly bytes: number | null;
}

/** What is sent for a file. */
export interface Request {
  readonly url: URL;
  readonly headers: Record<string, string>;
}

/** Where files are that are in no folder of this machine. */
export interface Place {
  /** A file as a person may read of it: no secret is in it. */
  show(path: string): string;
  /** What asks for a file. */
  request(path: string, headers: Readonly<Record<string, string>>): Promise<Request>;
  /** Where a redirect leads, if it may be followed; or why not. */
  redirect(from: URL, to: URL): string | null;
  /** What to do when it does not let us read. */
  readonly refused: string;
  /** All its files, in the order of their names; null where a server tells nobody. */
  list(signal: AbortSignal): Promise<readonly RemoteFile[] | null>;
}

/** Each segment of a path as it stands in a URL. */
export const encodePath = (path: string): string =>
  path
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`))
    .join('/');

const LONGEST_NAME = 255;

/** Why a path can be none of a file on this machine, where its copy is read; null where it can. */
export function pathFault(path: string): string | null {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))) return 'its name cannot be that of a file here';
  return parts.some((part) => Buffer.byteLength(part) > LONGEST_NAME) ? `a part of its name has more than ${LONGEST_NAME} bytes` : null;
}
