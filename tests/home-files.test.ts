import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Writes that follow a link that somebody has planted, or take the mode that the umask leaves. */
const UNSAFE = /\b(?:writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|chown|chownSync|copyFile)\(/;

/** Files that write elsewhere than into a home, each with why that is safe. */
const ELSEWHERE: readonly string[] = [
  'packages/cli/src/commands/event/stream.ts', // to the file that its user has named
  'packages/cli/src/project/init-project.ts', // into the project that its user starts
  'packages/cli/src/render/write-json-file.ts', // to the file that its user has named
  'packages/etl/src/sources/postgres/spool-lines.ts', // into the folder of its load, which nobody else may enter
];

test('server, command and ETL write into a home by one module, which follows no link', () => {
  const files = execFileSync('git', ['ls-files', 'packages/{server,cli,etl}/src/**/*.ts'].flatMap(expand), { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && !file.endsWith('.test.ts') && !file.includes('/testing/'));
  expect(files.length).toBeGreaterThan(150);
  const unsafe = files.filter((file) => UNSAFE.test(readFileSync(`${ROOT}${file}`, 'utf8')));
  expect(unsafe).toEqual(ELSEWHERE);
});

/** Git knows no braces. */
const expand = (pattern: string): string[] => ['server', 'cli', 'etl'].map((name) => pattern.replace('{server,cli,etl}', name));
