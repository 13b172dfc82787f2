import { SluiceError } from '@sluice/core/errors/sluice-error';
import { kindOf } from './source-kinds.ts';

/** A lake of DuckLake: its catalog is a schema of a database of PostgreSQL, its rows are Parquet files in a folder or below a prefix of S3. */
export interface LakeAddress {
  /** URL of the catalog's database, as it would stand alone. */
  readonly catalog: string;
  /** Schema of that database in which the catalog's tables are. */
  readonly schema: string;
  /** Where the files are, with `/` at its end; undefined: the catalog knows. A lake that is to be made needs it. */
  readonly dataPath: string | undefined;
}

/** Beside tables of others, the thirty of a catalog would be hard to see. */
const SCHEMA = 'ducklake';

const WHOLE = /^ducklake:(postgres(?:ql)?:\/\/[^?#]*)(?:\?([^#]*))?$/i;

export const isLake = (text: string): boolean => /^ducklake:/i.test(text);

/** What a URL such as `ducklake:postgres://me@host/db?data_path=/lake` says. Its other parameters are those of the catalog's database. */
export function readLakeAddress(text: string): LakeAddress {
  const [whole, database = '', query = ''] = WHOLE.exec(text.trim()) ?? [];
  if (whole === undefined) throw unreadable();
  const pairs = query.split('&').filter((pair) => pair !== '');
  const own = new Map(pairs.map(readPair).filter(([name]) => name === 'data_path' || name === 'metadata_schema'));
  const others = pairs.filter((pair) => !own.has(readPair(pair)[0]));
  const path = own.get('data_path');
  if (path !== undefined && !/^(?:\/|s3:\/\/[^/]+)/.test(path)) throw unreadable();
  return {
    catalog: others.length > 0 ? `${database}?${others.join('&')}` : database,
    schema: own.get('metadata_schema') || SCHEMA,
    dataPath: path === undefined ? undefined : path.replace(/\/*$/, '/'),
  };
}

/** The URL of the database that has to be reached for a warehouse: itself, or that of a lake's catalog; undefined of a file. */
export function databaseOf(warehouse: string): string | undefined {
  if (isLake(warehouse)) return readLakeAddress(warehouse).catalog;
  return kindOf(warehouse) === 'postgres' ? warehouse : undefined;
}

function readPair(pair: string): [name: string, value: string] {
  const [name = '', ...value] = pair.split('=');
  try {
    return [name, decodeURIComponent(value.join('='))];
  } catch {
    throw unreadable();
  }
}

const unreadable = () =>
  new SluiceError('USAGE', 'The URL of the lake cannot be read.', {
    hint: 'Write it as ducklake:postgres://user@host:5432/database?data_path=/folder, or with data_path=s3://bucket/prefix; the password is not a part of it.',
    lasting: true,
  });
