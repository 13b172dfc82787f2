import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { beforeEach, describe, expect, test } from 'vitest';
import { Beside } from '../src/bundles/beside.ts';
import { howToInstall } from '../src/bundles/how-to-install.ts';
import { packProject, projectRoot, writeBundle } from '../src/bundles/pack.ts';
import { listProjectFiles } from '../src/bundles/project-files.ts';
import { unpack } from '../src/bundles/unpack.ts';

let folder: string;
let project: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
  project = join(folder, 'project');
  mkdirSync(project);
  return () => rmSync(folder, { recursive: true });
});

function write(files: Readonly<Record<string, string>>, root = project): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

const listed = async (root = project) => (await listProjectFiles(root)).map(({ path }) => path);
const nameOf = async (root = project) => (await packProject({ root, mostMb: 10 })).name;

describe('of a project', () => {
  test('what git ignores is left out, at every depth and from above, and the lock file is taken', async () => {
    write({ '.git/config': '', '.gitignore': '*.duckdb' }, folder);
    write({ '.gitignore': 'data/', 'flows.ts': '', 'a.duckdb': '', 'data/x.csv': '', 'lib/.gitignore': 'no.ts', 'lib/no.ts': '', 'lib/yes.ts': '' });
    write({ 'package.json': '{}', 'package-lock.json': '{}', 'node_modules/x/index.js': '', '.npmrc': 'token', '.sluice/data/1': '' });
    expect(await listed()).toEqual(['flows.ts', 'lib/yes.ts', 'package-lock.json', 'package.json']);
  });

  test('package.json says by `files` what is taken', async () => {
    write({ 'package.json': '{ "files": ["flows", "!flows/test.ts"] }', 'flows/a.ts': '', 'flows/test.ts': '', 'other.ts': '' });
    expect(await listed()).toEqual(['flows/a.ts', 'package.json']);
  });

  test('packages that it bundles are taken, with those that these need', async () => {
    write({ 'package.json': '{ "dependencies": { "a": "1" }, "bundleDependencies": true }' });
    write({
      'node_modules/a/package.json': '{ "dependencies": { "b": "1" } }',
      'node_modules/a/dist/a.js': '',
      'node_modules/dev/package.json': '{}',
    });
    write({ 'node_modules/b/package.json': '{}', 'node_modules/b/b.js': '' });
    const of = (name: string, ...files: string[]) => files.map((file) => `node_modules/${name}/${file}`);
    expect(await listed()).toEqual([...of('a', 'dist/a.js', 'package.json'), ...of('b', 'b.js', 'package.json'), 'package.json']);
  });

  test('a bundled package that stands elsewhere is told of', async () => {
    write({ 'package.json': '{}' }, join(folder, 'elsewhere'));
    write({ 'package.json': '{ "dependencies": { "a": "1" }, "bundleDependencies": ["a"] }', 'node_modules/x': '' });
    symlinkSync(join(folder, 'elsewhere'), join(project, 'node_modules/a'));
    await expect(listed()).rejects.toMatchObject({
      code: 'BUNDLE_UNUSABLE',
      message: expect.stringContaining('node_modules/a is a link to outside'),
    });
  });

  test('a home that stands in it is not packed', async () => {
    write({ 'flows.ts': '', '.sluice/sources.json': '', 'here/sources.json': '', 'here-too.ts': '' });
    expect((await listProjectFiles(project, join(project, 'here'))).map(({ path }) => path)).toEqual(['flows.ts', 'here-too.ts']);
  });

  test('links are not packed', async () => {
    write({ 'flows.ts': '' });
    symlinkSync('/etc/passwd', join(project, 'link'));
    expect(await listed()).toEqual(['flows.ts']);
  });

  test('the nearest folder with a package.json is packed', () => {
    write({ 'package.json': '{}', 'flows/inner/sluice.config.ts': '' });
    expect(projectRoot(join(project, 'flows/inner'))).toBe(project);
  });

  test('too much is refused, with what is largest', async () => {
    write({ 'flows.ts': '', 'data/large.csv': 'x'.repeat(2_000_000) });
    await expect(packProject({ root: project, mostMb: 1 })).rejects.toMatchObject({
      code: 'BUNDLE_TOO_LARGE',
      message: expect.stringMatching(/is larger than 1 MB: 2\.0 MB in 2 files, the largest are data\/large\.csv \(2\.0 MB\)/),
      hint: expect.stringContaining('.gitignore'),
    });
  });
});

describe('the name of a bundle', () => {
  const FILES = { 'flows.ts': 'export {}', '@odd/ä.ts': '1', 'lib/a.ts': '2' };

  test('is the same for the same files, whenever and by whom they were written', async () => {
    write(FILES);
    const other = join(folder, 'other');
    write(FILES, other);
    utimesSync(join(other, 'flows.ts'), 1, 1);
    chmodSync(join(other, 'flows.ts'), 0o664);
    expect(await nameOf(other)).toBe(await nameOf());
  });

  test.each([
    ['a content', { 'flows.ts': 'export { }' }],
    ['a file', { 'lib/b.ts': '' }],
  ])('is another with another %s', async (_what, change) => {
    write(FILES);
    const before = await nameOf();
    write(change);
    expect(await nameOf()).not.toBe(before);
  });

  test('tells whether a folder holds the bundle still', async () => {
    write(FILES);
    const beside = new Beside(folder);
    const name = await nameOf();
    expect(await beside.has(project, name)).toBe(true);
    expect(await beside.has(project, name)).toBe(true);
    write({ 'lib/new.ts': '' });
    expect(await beside.has(project, name)).toBe(false);
    rmSync(join(project, 'lib/new.ts'));
    expect(await beside.has(project, name)).toBe(true);
    expect(await beside.has(join(folder, 'nowhere'), name)).toBe(false);
  });
});

async function* inPieces(...pieces: Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

/** A tar of one entry, by hand. */
function tarOf(entry: { path: string; type: string; linkpath?: string }, content = ''): Buffer {
  const head = new Header({ mode: 0o644, size: content.length, ...entry } as never);
  const block = Buffer.alloc(512);
  head.encode(block);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([block, body, Buffer.alloc(1024)]);
}
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

describe('a bundle that is unpacked', () => {
  test('holds what was packed, with the right to execute', async () => {
    write({ 'run.sh': 'echo', 'lib/a.ts': 'a' });
    chmodSync(join(project, 'run.sh'), 0o755);
    const packed = await packProject({ root: project, mostMb: 10 });
    const file = join(folder, 'bundle');
    await writeBundle(packed, file);
    const into = join(folder, 'into');
    mkdirSync(into);
    const bytes = readFileSync(file);
    await unpack(packed.name, inPieces(bytes.subarray(0, 7), bytes.subarray(7)), into);
    expect(readFileSync(join(into, 'lib/a.ts'), 'utf8')).toBe('a');
    expect(await nameOf(into)).toBe(packed.name);
  });

  test.each([
    { path: '../out.ts', type: 'File' },
    { path: 'a/../../out.ts', type: 'File' },
    { path: '/tmp/out.ts', type: 'File' },
    { path: 'C:\\out.ts', type: 'File' },
    { path: 'link', type: 'SymbolicLink', linkpath: '/etc' },
    { path: 'a/link', type: 'SymbolicLink', linkpath: '../../out' },
    { path: 'link', type: 'Link', linkpath: 'flows.ts' },
    { path: 'pipe', type: 'FIFO' },
  ])('is refused when it holds $type $path', async (entry) => {
    const tar = tarOf(entry, entry.type === 'File' ? 'evil' : '');
    const into = join(folder, 'into');
    mkdirSync(into);
    await expect(unpack(sha256(tar), inPieces(gzipSync(tar)), into)).rejects.toMatchObject({
      code: 'BUNDLE_BROKEN',
      message: expect.stringMatching(/cannot be used: ".*" (leads out of it|is a link to outside of it|is neither a file nor a folder)\.$/),
    });
    expect(await listed(into)).toEqual([]);
  });

  test.each([
    ['another', (tar: Buffer) => gzipSync(Buffer.concat([tar, Buffer.alloc(512)]))],
    ['cut off', (tar: Buffer) => gzipSync(tar).subarray(0, -12)],
    ['no gzip', () => Buffer.from('nothing of the kind')],
  ])('is refused when it is %s', async (_what, change) => {
    const tar = tarOf({ path: 'flows.ts', type: 'File' }, 'flow');
    const into = join(folder, 'into');
    mkdirSync(into);
    const refused = { code: 'BUNDLE_BROKEN', message: expect.stringContaining('it changed on its way'), hint: 'Deploy again: sluice deploy.' };
    await expect(unpack(sha256(tar), inPieces(change(tar)), into)).rejects.toMatchObject(refused);
  });
});

describe('packages are installed', () => {
  test.each([
    [
      'once for a lock file',
      { 'package-lock.json': '{ "packages": {} }' },
      { type: 'shared', key: expect.stringMatching(/^packages-[0-9a-f]{40}$/) },
    ],
    [
      'inside when the lock names files of the project',
      { 'package-lock.json': '{ "packages": { "node_modules/a": { "resolved": "file:vendor/a.tgz" } } }' },
      { type: 'inside', command: expect.arrayContaining(['npm', 'ci', '--omit=dev', '--ignore-scripts']) },
    ],
    ['not when they came along', { 'node_modules/a/index.js': '', 'package-lock.json': '{}' }, { type: 'nothing' }],
    [
      'not when all are in the worker’s own installation',
      { 'package.json': '{ "dependencies": { "@sluice/sdk": "0.1.0" } }' },
      { type: 'nothing', linked: ['@sluice/sdk'] },
    ],
    [
      'without a lock when they are not there',
      { 'package.json': '{ "dependencies": { "not-there": "1" } }' },
      { type: 'inside', command: expect.arrayContaining(['install']) },
    ],
    [
      'as package.json says',
      { 'package.json': '{ "sluice": { "install": "pnpm i" } }', 'package-lock.json': '{}' },
      { type: 'inside', command: ['sh', '-c', 'pnpm i'] },
    ],
    ['not when package.json says so', { 'package.json': '{ "sluice": { "install": false } }', 'package-lock.json': '{}' }, { type: 'nothing' }],
  ])('%s', (_when, files, how) => {
    write(files as unknown as Record<string, string>);
    expect(howToInstall(project)).toMatchObject(how);
  });

  test('a command that is none is told of', () => {
    write({ 'package.json': '{ "sluice": { "install": 5 } }' });
    expect(() => howToInstall(project)).toThrow('What package.json says as sluice.install is neither a command nor false.');
  });
});
