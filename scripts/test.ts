import { spawnSync } from 'node:child_process';

/** `npm test`: format and lint, types, unused code, then all tests. Stops at the first that fails. */
const STEPS: readonly (readonly string[])[] = [
  ['biome', 'ci', '.'],
  ['tsc', '-p', '.'],
  ['tsc', '-p', 'packages/ui'],
  ['knip', '--no-progress'],
  ['vitest', 'run', '--coverage', '--project', 'pure', '--project', 'real', ...process.argv.slice(2)],
];

for (const [program = '', ...args] of STEPS) {
  const { status } = spawnSync('npx', ['--no-install', program, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
