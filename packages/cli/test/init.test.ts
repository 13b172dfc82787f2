import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type Json, startCommand } from './support/command.ts';
import type { Ended, Running, Sluice } from './support/sluice.ts';

let sluice: Sluice;
let json: Json;
let folder: string;

beforeAll(async () => {
  const started = await startCommand();
  ({ sluice, json } = started);
  return started.stop;
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-project-'));
  return () => rmSync(folder, { recursive: true });
});

const init = (...words: string[]) => sluice.run(['init', ...words], { cwd: folder });
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

/** What npm install does for a project, with the packages of the clone. */
function install(): void {
  mkdirSync(join(folder, 'node_modules', '@sluice'), { recursive: true });
  symlinkSync(fileURLToPath(new URL('../../sdk', import.meta.url)), join(folder, 'node_modules', '@sluice', 'sdk'));
}

/** The commands that are printed as next steps. */
const steps = ({ stdout }: Ended) =>
  stdout
    .slice(stdout.indexOf('Next:\n'))
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.replace(/ +#.*/, '').trim());

/** Does them one after the other; a worker goes on beside them. */
async function follow(next: readonly string[]): Promise<void> {
  let worker: Running | undefined;
  for (const step of next) {
    const words = step.replace(/^npx sluice /, '').split(' ');
    if (step.endsWith('worker start')) {
      worker = sluice.start(words, { cwd: folder });
      await worker.until(/online/);
    } else {
      expect(await sluice.run(words, { cwd: folder })).toMatchObject({ code: 0 });
    }
  }
  worker?.signal('SIGTERM');
  await worker?.ended;
}

test.each([
  { what: 'an empty folder', manifest: undefined, ending: 'ts' },
  { what: 'a folder with code of CommonJS', manifest: '{\n\t"name": "old",\n\t"type": "commonjs"\n}\n', ending: 'mts' },
])('the next steps of a project that is started in $what lead to a run that is Completed', async ({ manifest, ending }) => {
  if (manifest) write('package.json', manifest);
  install();
  const name = `shop-${ending}`;
  const started = await init('--name', name);
  expect(started).toMatchObject({ code: 0, stderr: '' });
  for (const file of [`hello.${ending}`, `sluice.config.${ending}`, '.gitignore', 'package.json']) expect(started.stdout).toContain(file);
  const next = steps(started);
  expect(next.at(-1)).toBe(`npx sluice deployment run hello/${name} --param name=Anna --watch`);
  await follow(next);
  const [run] = await json<{ state_type: string; parameters: object }[]>(['flow-run', 'ls', '--deployment', `hello/${name}`]);
  expect(run).toMatchObject({ state_type: 'COMPLETED', parameters: { name: 'Anna' } });
});

test('without its packages, and without a server, these are the first steps', async () => {
  const alone = await sluice.run(['init'], { cwd: folder, env: { SLUICE_API_URL: 'http://127.0.0.1:1/api' } });
  expect(steps(alone).slice(0, 3)).toEqual(['npm install', 'npx sluice server start --background', 'npx sluice setup']);
});

test('what a project has stays: entries and lines are added, and only those that are missing', async () => {
  write('package.json', '{\n    "name": "mine",\n    "type": "module",\n    "dependencies": { "@sluice/sdk": "file:sdk.tgz", "zod": "4.0.0" }\n}\n');
  write('.gitignore', '/node_modules\nsecrets');
  expect(await init()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Made hello\.ts, sluice\.config\.ts\. Added to package\.json and \.gitignore\./),
  });
  const manifest = JSON.parse(read('package.json'));
  expect(manifest).toEqual({
    name: 'mine',
    type: 'module',
    dependencies: { '@sluice/sdk': 'file:sdk.tgz', zod: '4.0.0', sluice: expect.stringMatching(/^\d/) },
  });
  expect(read('package.json')).toContain('\n    "name"');
  expect(read('.gitignore')).toBe('/node_modules\nsecrets\n.sluice/\n');
});

test.each([
  { what: 'a flow of that name', file: 'hello.ts', says: 'There is a hello.ts here already' },
  { what: 'a configuration', file: 'sluice.config.js', says: 'This is a project already' },
  { what: 'a package.json that cannot be read', file: 'package.json', says: 'The package.json here cannot be read' },
])('nothing is written over $what, nor beside it', async ({ file, says }) => {
  write(file, 'mine');
  expect(await init()).toMatchObject({ code: 1, stderr: expect.stringContaining(says) });
  expect(readdirSync(folder)).toEqual([file]);
  expect(read(file)).toBe('mine');
});

test('a name that npm would not take is refused, and one is made of any folder', async () => {
  expect(await init('--name', 'My Shop')).toMatchObject({ code: 2, stderr: expect.stringContaining('Write small letters') });
  expect(existsSync(join(folder, 'package.json'))).toBe(false);
  const inner = join(folder, 'Größe & Co');
  mkdirSync(inner);
  expect(await sluice.run(['init'], { cwd: inner })).toMatchObject({ code: 0, stdout: expect.stringContaining('hello/gr-e-co ') });
});
