import { readFileSync, statSync } from 'node:fs';

/** What a line of the password file is compared with. */
export interface PassfileKey {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** The password that a file such as `~/.pgpass` has for a session. One that others can read is passed over, as libpq does. */
export function findPassword(file: string, { host, port, database, user }: PassfileKey): string | undefined {
  const place = host.startsWith('/') ? 'localhost' : host;
  const wanted = [place, String(port), database, user];
  const line = readLines(file).find((fields) => wanted.every((text, index) => fields[index] === '*' || plain(fields[index]) === text));
  return plain(line?.[4]);
}

function readLines(file: string): string[][] {
  try {
    const { mode } = statSync(file);
    if ((mode & 0o077) !== 0) return [];
    const lines = readFileSync(file, 'utf8').split(/\r?\n/);
    return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.match(FIELDS) ?? []);
  } catch {
    return [];
  }
}

/** Colons divide; a backslash takes what follows as it is. */
const FIELDS = /(?<=^|:)(?:\\.|[^:\\])*(?=:|$)/g;

const plain = (field: string | undefined): string | undefined => field?.replaceAll(/\\(.)/g, '$1');
