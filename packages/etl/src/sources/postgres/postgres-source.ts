import { connectPostgres } from '../../postgres/connect.ts';
import { withSession } from '../../postgres/session.ts';
import type { Source } from '../source.ts';
import { extractPostgresTable } from './extract-table.ts';
import { listPostgresTables } from './list-tables.ts';
import { planPostgresTable } from './plan-table.ts';
import { SnapshotKeeper } from './shared-snapshot.ts';

/** A database of PostgreSQL. Each table is read in one transaction, in which it is planned again where it is not what was planned. */
export const postgresSource = (url: string): Source => ({
  async list({ only, signal }) {
    const client = await connectPostgres(url, { signal });
    try {
      return await listPostgresTables(client, { only });
    } finally {
      await client.end();
    }
  },
  async plan(spec, { sample, signal }) {
    if (spec.csv || spec.types || spec.partitions)
      return { table: spec.name, reason: 'It is a table of PostgreSQL: csv, types and partitions are for files only.' };
    return await withSession(url, signal, (client) => planPostgresTable(client, spec, { sample }));
  },
  extract: (extraction) => extractPostgresTable({ ...extraction, url }),
  holdSnapshot: (options) => SnapshotKeeper.open(url, options),
});
