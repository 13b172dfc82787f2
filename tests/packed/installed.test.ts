import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { seconds } from '../support/patience.ts';
import { installPacked, type Project } from './project.ts';

/* The packages as they are published: packed, and installed where there is no clone. */

let project: Project;
/** What `sluice init` said in it. */
let started: string;

beforeAll(async () => {
  project = await installPacked(inject('tarballs'));
  started = await project.run('npx', 'sluice', 'init', '--name', 'here');
  await project.write('data/cities.csv', 'id,city\n1,Bern\n2,Basel\n3,Chur\n');
  await project.write('data/lakes.csv', 'name,depth\nWalensee,151\nBielersee,74\n');
}, seconds(240));
afterAll(async () => {
  await sluice('reset', '--yes', '--force');
  await project[Symbol.asyncDispose]();
}, seconds(30));

const sluice = (...args: readonly string[]) => project.run(project.bin('sluice'), ...args);

test('what init prints as the next steps leads to a run that is Completed', { timeout: seconds(120) }, async () => {
  const steps = [...started.matchAll(/^ {2}npx sluice (.*?)(?: +#.*)?$/gm)].map(([, words = '']) => words.split(' '));
  expect(steps.map(([word]) => word)).toEqual(['server', 'setup', 'deploy', 'worker', 'deployment']);
  let worker: ReturnType<Project['start']> | undefined;
  for (const step of steps) {
    if (step[0] === 'worker') worker = project.start(project.bin('sluice'), ...step);
    else await sluice(...step);
  }
  const runs = JSON.parse(await sluice('flow-run', 'ls', '-o', 'json'));
  expect(runs).toMatchObject([{ state_name: 'Completed', parameters: { name: 'Anna' } }]);
  worker?.stop();
  expect(await worker?.ended).toMatch(/: stopped\n$/);
  await sluice('flow-run', 'delete', runs[0].id, '--yes');
  await sluice('server', 'stop');
});

test('a flow of the project is deployed and run by a server and a worker of the packages', { timeout: seconds(90) }, async () => {
  await sluice('server', 'start', '--background');
  await sluice('setup');
  expect(await sluice('deploy')).toContain('✅ Deployed: hello');
  const { api_url } = JSON.parse(await sluice('server', 'status', '-o', 'json'));
  const worker = project.start(project.bin('sluice-worker'), '--api-url', api_url);
  await sluice('deployment', 'run', 'hello/here', '--param', 'name=Anna', '--watch');
  const runs = JSON.parse(await sluice('flow-run', 'ls', '-o', 'json'));
  expect(runs).toMatchObject([{ state_name: 'Completed' }]);
  const dashboard = await fetch(api_url.replace(/\/api$/, '/runs'), { headers: { accept: 'text/html' } });
  expect(await dashboard.text()).toMatch(/src="\/assets\/index-[^"]+\.js"/);
  expect(await sluice('flow-run', 'board', runs[0].id)).toContain(`"id":"${runs[0].id}"`);
  worker.stop();
  expect(await worker.ended).toMatch(/: stopped\n$/);
  await sluice('server', 'stop');
});

test('a folder of CSV files is loaded with one command, though the project has no job of its own', { timeout: seconds(90) }, async () => {
  const said = await project.run('npx', 'sluice', 'etl', '--source', './data', '--workers', '1');
  expect(said).toContain('2 of 2 tables verified, 5 rows');
  expect(said).toContain('removed by: npx sluice reset');
  expect(await sluice('query', 'select city from main.cities order by id')).toContain('Basel');
});

test('files of every kind are read by the packed ETL, and verified', { timeout: seconds(120) }, async () => {
  const codecs = ['snappy', 'gzip', 'zstd', 'lz4_raw', 'brotli'];
  await project.write(
    'files.mjs',
    `import { DuckDBInstance } from '@duckdb/node-api';
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const rows = "(select range as id, 'name ' || range as name, range / 7.0 as share from range(2000))";
for (const codec of ${JSON.stringify(codecs)}) await connection.run(\`copy \${rows} to 'files/\${codec}.parquet' (compression \${codec})\`);
await connection.run(\`copy \${rows} to 'files/lines.ndjson' (format json)\`);
await connection.run(\`copy \${rows} to 'files/rows.csv.gz' (compression gzip)\`);`,
  );
  await project.write('files/README.txt', '');
  await project.run(process.execPath, 'files.mjs');
  const said = await sluice('etl', '--source', './files', '--workers', '1');
  expect(said).toContain(`${codecs.length + 2} of ${codecs.length + 2} tables verified`);
});

test('a process that loads flows opens few files for it, and a program that asks where a home is does not load the ETL', {
  timeout: seconds(60),
}, async () => {
  await project.write(
    'count.mjs',
    `import { registerHooks } from 'node:module';
const opened = [];
registerHooks({ load: (url, context, next) => (url.startsWith('file:') && opened.push(url), next(url, context)) });
await import(process.argv[2]);
console.log(JSON.stringify(opened));`,
  );
  const opened = async (name: string) => JSON.parse(await project.run(process.execPath, 'count.mjs', name)) as string[];
  expect((await opened('@sluice/sdk')).length).toBeLessThan(20);
  expect((await opened('@sluice/etl')).length).toBeLessThan(40);
  expect((await opened('@sluice/etl/home')).join()).not.toContain('duckdb');
  expect(await readFile(`${project.folder}/node_modules/@sluice/etl/dist/licenses.txt`, 'utf8')).toMatch(/^@duckdb\/node-api \d/);
});

test('hints name what there is: no clone, and no script of one', { timeout: seconds(60) }, async () => {
  await expect(sluice('etl')).rejects.toThrow(/has a job with a list of tables\.\nName a source: sluice etl --source/);
});

test('what TypeScript reads of the packages fits their flows, deployments and jobs', { timeout: seconds(60) }, async () => {
  await project.write(
    'job/main-etl.ts',
    `import { defineEtlJob } from '@sluice/etl';
export const { mainEtl, processTableEtl, cleanupFlow1, cleanupFlow2, quarantineReplay, deployments } = defineEtlJob({
  tables: [{ name: 'main.cities', source: 'files', from: 'cities.csv' }],
  file: import.meta.url,
});`,
  );
  await project.write(
    'job/sluice.config.ts',
    `import { defineConfig } from '@sluice/sdk';
import { deployments } from './main-etl.ts';
export default defineConfig({ deployments: deployments({ processTableEtl: { pool: 'etl-pool' } }) });`,
  );
  const clone = (path: string) => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));
  const options = [
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    'es2024,esnext.disposable',
    '--strict',
    '--noEmit',
    '--allowImportingTsExtensions',
  ];
  const types = ['--typeRoots', clone('@types'), '--types', 'node'];
  await project.run(process.execPath, clone('typescript/bin/tsc'), ...options, ...types, 'job/sluice.config.ts', 'sluice.config.ts');
});

/** What packages are for: modules of today. Older tools than Node 24 and its TypeScript find no types, and are not told of. */
const NOT_MEANT: readonly string[] = ['node10', 'node16-cjs'];

test('what tools read of each package is what is in its tarball', { timeout: seconds(120) }, async () => {
  for (const [name, file] of Object.entries(project.tarballs)) {
    const tarball = await readFile(file);
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
    expect(
      messages.map((message) => formatMessage(message, pkg)),
      name,
    ).toEqual([]);
    const analysis = await checkPackage(createPackageFromTarballData(tarball));
    // A command, and pages, have nothing to import.
    if (!analysis.types) expect(['sluice', '@sluice/ui']).toContain(name);
    else
      expect(
        analysis.problems.filter((each) => !('resolutionKind' in each && NOT_MEANT.includes(each.resolutionKind))),
        name,
      ).toEqual([]);
  }
});
