import type { TableSpec } from '@sluice/etl';

/**
 * The tables of the job, largest first, so that no worker is left with the longest one at the end. Another table is another line:
 * its name in the warehouse, and the source it is read from. README, "Your own data", tells how to name a source.
 */
export const tables: readonly TableSpec[] = [
  { name: 'public.flights', source: 'demo', chunkMb: 64 },
];

/** The table of this name or number; with a `source` any name will do. */
export function findTable(table: string | number, source?: string): TableSpec {
  if (source !== undefined) return { name: String(table), source };
  const spec = typeof table === 'number' ? tables[table] : tables.find(({ name }) => name === table);
  if (spec) return spec;
  throw new Error(`There is no table ${JSON.stringify(table)} in flows/tables.ts: it has ${tables.length}, numbered from 0.`);
}
