import type pg from 'pg';
import type { ChunkQueries, Measured, MeasureOptions } from './chunk-queries.ts';
import type { Chunk } from './chunks.ts';

/** What a statement of `ChunkQueries` measures. */
export async function measure(client: pg.Client, queries: ChunkQueries, chunk: Chunk, options?: MeasureOptions): Promise<Measured> {
  const { rows } = await client.query<{ measured: (string | null)[] }>(queries.measure(chunk, options));
  return queries.read(rows[0]?.measured ?? []);
}

/** By workers of the server too. Not the copies: their rows come in one order, so that a line that DuckDB refuses is found again by its number. */
export async function measureInParallel(client: pg.Client, queries: ChunkQueries, whole: Chunk): Promise<Measured> {
  await client.query('set local max_parallel_workers_per_gather to default');
  const measured = await measure(client, queries, whole);
  await client.query('set local max_parallel_workers_per_gather = 0');
  return measured;
}
