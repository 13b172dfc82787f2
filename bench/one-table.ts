import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';
import { seedDemo } from '@sluice/demo';
import { embeddedUrl, ensureDatabase } from '@sluice/server';
import { median, print } from './support/figures.ts';
import { startStack } from './support/stack.ts';

/** Extract and load of 3 M flights, verified, against `psql` that throws the same rows away; in turn, five times. */
const ROUNDS = 5;
const PROGRAM = fileURLToPath(new URL('programs/load-table.ts', import.meta.url));
const COPY = '\\copy public.flights to /dev/null';

interface Loaded {
  readonly rows: number;
  readonly verified: boolean;
  readonly extract_seconds: number;
  readonly load_seconds: number;
  readonly seconds: number;
  readonly cpu_seconds: number;
  readonly rss_mb: number;
}

await using stack = await startStack();
await ensureDatabase(await embeddedUrl(stack.home, 'postgres'), 'source');
const url = await embeddedUrl(stack.home, 'source');
await seedDemo({ postgresUrl: url, folder: stack.home, tables: ['flights'] });

function copy(): number {
  const started = performance.now();
  const { status, error, stderr } = spawnSync('psql', [url, '-c', COPY], { encoding: 'utf8' });
  if (status !== 0) throw new Error(error ? 'This bench needs psql.' : stderr);
  return (performance.now() - started) / 1000;
}

function load(level: 'sums' | 'full'): Loaded {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeFlags(PROGRAM), PROGRAM, url, 'public.flights', stack.home, level], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Loaded;
}

copy();
const copies: number[] = [];
const loads: Loaded[] = [];
for (let round = 0; round < ROUNDS; round++) {
  copies.push(copy());
  loads.push(load('sums'));
}
const full = load('full');
if (![...loads, full].every(({ verified }) => verified)) throw new Error('a load is not verified');

const of = (pick: (loaded: Loaded) => number) => median(loads.map(pick));
const seconds = of((loaded) => loaded.seconds);
const rate = ((loads[0]?.rows ?? 0) / seconds / 1e6).toFixed(2);
print('One large table: 3 M flights, plan to commit', [
  {
    what: 'extract + load, verified by sums',
    measured: `${seconds.toFixed(2)} s, ${rate} M rows/s`,
    against: `psql \\copy ${median(copies).toFixed(2)} s`,
    ratio: (median(copies) / seconds).toFixed(2),
    goal: '≥ 0.6',
  },
  { what: 'of it extract', measured: `${of((loaded) => loaded.extract_seconds).toFixed(2)} s` },
  { what: 'of it load', measured: `${of((loaded) => loaded.load_seconds).toFixed(2)} s` },
  { what: 'verified by the md5 of every row', measured: `${full.seconds.toFixed(2)} s` },
  { what: 'processor seconds of our process', measured: of((loaded) => loaded.cpu_seconds).toFixed(2) },
  { what: 'most memory', measured: `${Math.max(...loads.map(({ rss_mb }) => rss_mb)).toFixed(0)} MB`, goal: '< 512 MB' },
]);
