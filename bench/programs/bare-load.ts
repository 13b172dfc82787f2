/* What DuckDB alone takes for tables of PostgreSQL: `create table as from pg…` into a file, by its own reader, unverified. Prints seconds as JSON. */
import { DuckDBInstance } from '@duckdb/node-api';
import { loadExtension } from '../../packages/etl/src/duckdb/extensions.ts';
import { identifier, literal } from '../../packages/etl/src/types/sql.ts';

const [url = '', file = '', ...tables] = process.argv.slice(2);
const duckdb = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
await loadExtension(duckdb, 'postgres');
await duckdb.run(`attach ${literal(file)} as warehouse`);
await duckdb.run(`attach ${literal(url)} as pg (type postgres, read_only)`);
const cpu = process.cpuUsage();
const started = performance.now();
for (const table of tables) await duckdb.run(`create table warehouse.main.${identifier(table)} as from pg.public.${identifier(table)}`);
await duckdb.run('checkpoint warehouse');
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ seconds, cpu_seconds: (user + system) / 1e6 }));
