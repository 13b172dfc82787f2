import { resolve } from 'node:path';
import { factsOf, folderOf, isDatabase, isRemote, kindOf } from './source-kinds.ts';

/**
 * What a source's name in runs stands for. A URL of a database is its place, whoever reads it and however it is spelled; a folder is
 * its path. Any other name is a person's own for a source: where that one is may change, and it is still the same source.
 */
export function sourceIdentity(name: string): string {
  if (isDatabase(name) && URL.canParse(name)) {
    const kind = kindOf(name);
    const { hostname, port, pathname, searchParams } = new URL(name);
    const usual = factsOf(kind).port;
    // A file is its path.
    if (usual === undefined) return `${kind}://${decodeURIComponent(pathname)}`;
    const place = `${(searchParams.get('host') ?? hostname).toLowerCase() || 'localhost'}:${searchParams.get('port') ?? (port || usual)}`;
    return `${kind}://${place}${decodeURIComponent(searchParams.has('dbname') ? `/${searchParams.get('dbname')}` : pathname)}`;
  }
  if (isRemote(name)) return (kindOf(name) === 'web' && URL.canParse(name) ? new URL(name).href : name).replace(/\/+$/, '');
  if (/^(file:\/\/|\/|[a-z]:[\\/])/i.test(name)) return resolve(folderOf(name));
  return name;
}

export const isSameSource = (one: string, other: string): boolean => sourceIdentity(one) === sourceIdentity(other);

/** As it may be shown: a password or a signature that somebody wrote into a name is left out. */
export const showSource = (name: string): string =>
  (kindOf(name) === 'web' ? name.replace(/[?#].*$/s, '') : name).replace(/^(\w+:\/\/[^:@/]*):[^@/]*@/, '$1@');
