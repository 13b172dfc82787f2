import { open, rename, stat } from 'node:fs/promises';
import { fileToWrite } from '../duckdb/file-literal.ts';
import type { Part } from '../model.ts';
import type { Engine } from './engine.ts';

/**
 * What costs least for a file that lives until the commit, measured on 3 M rows: LZ4 as little as no compression, at two thirds of the
 * size (zstd: a third more time for another quarter); dictionaries only where they stay small, and no Bloom filters: 15 to 40 %
 * less. Row groups are bounded by bytes, for wide rows would gather until the memory ends, and so is the dictionary that each
 * column of text reserves, 1 MB otherwise: 200 of them were out of memory.
 */
const PARQUET = [
  'format parquet',
  'compression lz4_raw',
  'dictionary_size_limit 1000',
  'string_dictionary_page_size_limit 16384',
  'write_bloom_filter false',
  "row_group_size_bytes '16MB'",
].join(', ');

/** By its chunk: names sort as the chunks do. */
export const partName = (chunk: number): string => `part-${String(chunk).padStart(5, '0')}.parquet`;

/** Writes the rows of a query as a Parquet file that is either whole and on the disk, or not there. */
export async function writePart({ connection }: Engine, query: string, file: string): Promise<Part> {
  const draft = `${file}.tmp`;
  const result = await connection.runAndReadAll(`copy (${query}) to ${fileToWrite(draft)} (${PARQUET})`);
  const handle = await open(draft, 'r+');
  await handle.sync().finally(() => handle.close());
  await rename(draft, file);
  return { file, rows: Number(result.getRowsJson()[0]?.[0] ?? 0), bytes: (await stat(file)).size };
}
