/* One table from PostgreSQL into a warehouse, as the process of its run does it; prints seconds and memory as JSON. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { commitLoad } from '../../packages/etl/src/destinations/duckdb/commit.ts';
import { loadId } from '../../packages/etl/src/home.ts';
import { connectPostgres } from '../../packages/etl/src/postgres/connect.ts';
import { extractPostgresTable } from '../../packages/etl/src/sources/postgres/extract-table.ts';
import { planPostgresTable } from '../../packages/etl/src/sources/postgres/plan-table.ts';

const [url = '', table = '', home = '', level = 'sums'] = process.argv.slice(2);
const verify = level === 'full' ? 'full' : 'sums';
const { signal } = new AbortController();
const context = { signal, log: { info: () => {}, warn: console.error }, progress: () => {} };

const started = performance.now();
const client = await connectPostgres(url, { signal });
const plan = await planPostgresTable(client, { name: table, source: 'bench' }, { sample: 1 });
await client.end();
if (!('columns' in plan)) throw new Error(plan.reason);
const flow_run_id = randomUUID();
const extract = await extractPostgresTable({ url, plan, load_id: loadId('bench', table, flow_run_id), home, verify, context });
const extracted = performance.now();
const load = await commitLoad({ warehouse: join(home, 'warehouse.duckdb'), extract, verify, token: Date.now(), flow_run_id, context });
const ended = performance.now();
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
console.log(
  JSON.stringify({
    rows: load.rows_loaded,
    verified: load.verified,
    extract_seconds: (extracted - started) / 1000,
    load_seconds: (ended - extracted) / 1000,
    seconds: (ended - started) / 1000,
    cpu_seconds: (userCPUTime + systemCPUTime) / 1e6,
    rss_mb: maxRSS / 1024,
  }),
);
