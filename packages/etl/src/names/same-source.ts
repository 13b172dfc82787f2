import { resolve } from 'node:path';
import { folderOf, isDatabase, kindOf, portOf } from './source-kinds.ts';

/**
 * What a source's name in runs stands for. A URL of a database is its place, whoever reads it and however it is spelled; a folder is
 * its path. Any other name is a person's own for a source: where that one is may change, and it is still the same source.
 */
export function sourceIdentity(name: string): string {
  if (isDatabase(name) && URL.canParse(name)) {
    const kind = kindOf(name);
    const { hostname, port, pathname, searchParams } = new URL(name);
    const place = `${(searchParams.get('host') ?? hostname).toLowerCase() || 'localhost'}:${searchParams.get('port') ?? (port || portOf(kind))}`;
    return `${kind}://${place}${decodeURIComponent(searchParams.has('dbname') ? `/${searchParams.get('dbname')}` : pathname)}`;
  }
  if (/^(file:\/\/|\/|[a-z]:[\\/])/i.test(name)) return resolve(folderOf(name));
  return name;
}

export const isSameSource = (one: string, other: string): boolean => sourceIdentity(one) === sourceIdentity(other);

/** As it may be shown: a password that somebody wrote into a name is left out. */
export const showSource = (name: string): string => name.replace(/^(\w+:\/\/[^:@/]*):[^@/]*@/, '$1@');
