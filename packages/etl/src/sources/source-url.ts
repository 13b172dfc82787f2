import { type DatabaseKind, kindOf } from '../names/source-kinds.ts';
import { mysqlUrl } from './mysql/mysql-url.ts';
import { postgresUrl } from './postgres/source-url.ts';
import type { SourceUrl } from './source.ts';
import { sqliteUrl } from './sqlite/sqlite-url.ts';

const URLS: { readonly [kind in DatabaseKind]: SourceUrl } = {
  postgres: postgresUrl,
  mysql: mysqlUrl,
  sqlite: sqliteUrl,
};

/** What is known of a database's URL without reading the database. */
export function sourceUrl(text: string): SourceUrl {
  const kind = kindOf(text);
  if (kind === 'files' || kind === 'web' || kind === 's3') throw new TypeError('It is not the URL of a database.');
  return URLS[kind];
}
