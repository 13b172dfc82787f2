import { gunzipSync, gzipSync } from 'node:zlib';

/** A value as it stands in a result of a task: itself, or packed, where it would be too large for one. A table may have thousands of columns. */
export type Packed<T> = T | { readonly gzip: string };

/** Smaller ones stay readable for whoever looks at the run. */
const PACKED_FROM = 128 << 10;

export function pack<T extends object>(value: T): Packed<T> {
  const text = JSON.stringify(value);
  return text.length < PACKED_FROM ? value : { gzip: gzipSync(text).toString('base64') };
}

export const unpack = <T extends object>(packed: Packed<T>): T =>
  'gzip' in packed ? (JSON.parse(gunzipSync(Buffer.from(packed.gzip, 'base64')).toString('utf8')) as T) : packed;

/** What an extract adds to its plan, sums above all, takes about twice as much again; a result has room for 512 KiB. */
const LARGEST_PLAN = 160 << 10;

/** Why a plan is too large for the results of a run, packed too; null when it is not. */
export function planFault(columns: number, packed: Packed<object>): string | null {
  if (!('gzip' in packed) || packed.gzip.length <= LARGEST_PLAN) return null;
  return `It has ${columns} columns, and with their names and types that is more than a plan can hold. Leave out some, or turn columns into rows.`;
}
