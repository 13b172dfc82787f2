import type { Host } from './host.ts';

/** A program of its own on the host: nothing of it is ours. */
const PROGRAM = `
  import pg from '/opt/sluice/node_modules/pg/esm/index.mjs';
  const client = new pg.Client({ connectionString: process.env.URL });
  await client.connect();
  const { rows } = await client.query(process.env.SQL);
  console.log(JSON.stringify(rows));
  await client.end();`;

/** What a database answers, asked from a host. */
export async function query(host: Host, url: string, sql: string): Promise<Record<string, unknown>[]> {
  return JSON.parse(await host.expect('node', ['--input-type=module', '-e', PROGRAM], { env: { URL: url, SQL: sql } }));
}

const HOLD = `
  import pg from '/opt/sluice/node_modules/pg/esm/index.mjs';
  const client = new pg.Client({ connectionString: process.env.URL });
  await client.connect();
  await client.query('begin');
  await client.query('lock table ' + process.env.TABLE + ' in access exclusive mode');
  console.log('held');
  setInterval(() => {}, 60_000);`;

/** Nobody reads the table until it is let go: a load of it stands in the middle. */
export async function holdTable(host: Host, url: string, table: string): Promise<() => Promise<void>> {
  const program = host.start('node', ['--input-type=module', '-e', HOLD], { env: { URL: url, TABLE: table } });
  await program.until(/held/);
  return async () => {
    program.signal('SIGKILL');
    await program.ended;
  };
}

/** DuckDB's own look at a lake: rows of each table. */
const COUNTS = `
  import { DuckDBInstance } from '/opt/sluice/node_modules/@duckdb/node-api/lib/index.js';
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  for (const name of ['ducklake', 'postgres_scanner', 'httpfs']) await duckdb.run("load '/opt/extensions/" + name + ".duckdb_extension'");
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = process.env;
  await duckdb.run("create secret (type s3, endpoint '" + AWS_ENDPOINT_URL.replace('http://', '') + "', key_id '" + AWS_ACCESS_KEY_ID + "', secret '"
    + AWS_SECRET_ACCESS_KEY + "', region '" + AWS_REGION + "', url_style 'path', use_ssl false)");
  await duckdb.run("attach 'ducklake:" + process.env.URL + "' as lake (metadata_schema 'ducklake', read_only)");
  const tables = (await duckdb.runAndReadAll("select table_name from information_schema.tables where table_catalog = 'lake' and table_schema = 'public'")).getRows();
  const counts = {};
  for (const [name] of tables) counts['public.' + name] = Number((await duckdb.runAndReadAll('select count(*) from lake.public."' + name + '"')).getRows()[0][0]);
  console.log(JSON.stringify(counts));`;

/** `catalog`: URL of its database, with the password. `store`: the environment that opens its files. */
export async function countsInLake(host: Host, catalog: string, store: Readonly<Record<string, string>>): Promise<Record<string, number>> {
  const url = `postgres:${catalog}`;
  return JSON.parse(await host.expect('node', ['--input-type=module', '-e', COUNTS], { env: { ...store, URL: url } }));
}
