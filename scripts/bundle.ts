import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { type OutputChunk, type Plugin, type RolldownOutput, rolldown } from 'rolldown';

/*
 * Puts the modules of a package that every flow process loads into few files, with all that they import: Node takes longer to find and
 * open a hundred small modules than to run them. What is exported or started as a program keeps its place.
 */

interface Bundled {
  /** What flow processes load of it, its entry first. Its other exports are doors for programs that need little of it. */
  readonly entries: readonly [string, ...string[]];
  /** What must be one in a process, and what is no JavaScript. */
  readonly outside: readonly string[];
}

export const BUNDLED: Readonly<Record<string, Bundled>> = {
  sdk: { entries: ['index.js', 'process/main.js', 'process/run-claim.js'], outside: [] },
  etl: { entries: ['index.js', 'job/any-source.js'], outside: ['@sluice/sdk', '@duckdb/node-bindings', 'pg-native'] },
};

/** The chunk of all that the entry imports, but for what a door does. What is imported later is in chunks of its own. */
const AT_ONCE = 'loaded-at-once';

/** Reads the compiled package in `from`, and replaces the modules of its copy in `to`. */
export async function bundle(from: string, to: string, { entries: [entry, ...others], outside }: Bundled): Promise<void> {
  const dist = join(from, 'dist');
  const modules = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
  const doors = exportsOf(from).filter((file) => file !== entry && !others.includes(file));
  const external = (id: string) => id.startsWith('node:') || outside.some((name) => id === name || id.startsWith(`${name}/`));
  const build = async (files: readonly string[], options: object = {}): Promise<RolldownOutput> => {
    const input = Object.fromEntries(files.map((file) => [nameOf(file), join(dist, file)]));
    const built = await rolldown({ input, external, platform: 'node', preserveEntrySignatures: 'allow-extension', plugins: [keepsPlaces(dist)] });
    return built.generate({ format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', ...options });
  };
  const behindDoors = loadedBy(doors, await build(doors));
  const atOnce = loadedBy([entry], await build([entry])).difference(behindDoors);
  const groups = [{ name: AT_ONCE, test: (id: string) => atOnce.has(id) }];
  const { output } = await build([entry, ...others, ...doors, ...programsOf(dist, modules)], {
    codeSplitting: { includeDependenciesRecursively: false, groups },
  });
  for (const file of modules) rmSync(join(to, 'dist', file));
  for (const file of output) if (file.type === 'chunk') write(join(to, 'dist', file.fileName), file.code);
  write(join(to, 'dist', 'licenses.txt'), licensesOf(output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))));
}

const nameOf = (file: string): string => file.replace(/\.js$/, '').replaceAll(sep, '/');

function exportsOf(folder: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports: Record<string, { default: string }> };
  return Object.values(exports).map((each) => relative('dist', each.default));
}

/** Programs and threads, which are started beside a module. */
const programsOf = (dist: string, modules: readonly string[]): string[] =>
  modules.flatMap((file) => {
    const named = readFileSync(join(dist, file), 'utf8').matchAll(/programBeside\('(.+?)'/g);
    return [...named].map(([, name]) => `${normalize(join(dirname(file), name as string))}.js`);
  });

/** A module that asks for its own address is told the one that it had before it was put into a chunk: programs and files lie beside that. */
function keepsPlaces(dist: string): Plugin {
  const ROOT = 'root-of-dist:';
  return {
    name: 'keeps-places',
    transform(code, id) {
      if (!id.startsWith(dist) || !code.includes('import.meta.url')) return null;
      const asked: { start: number; end: number }[] = [];
      JSON.stringify(this.parse(code), (_, node) => {
        if (node?.type === 'MemberExpression' && node.object?.type === 'MetaProperty' && node.property.name === 'url') asked.push(node);
        return node;
      });
      const place = `new URL('${ROOT}${nameOf(relative(dist, id))}.js', import.meta.url).href`;
      return asked.reduceRight((text, { start, end }) => text.slice(0, start) + place + text.slice(end), code);
    },
    renderChunk: (code, { fileName }) => code.replaceAll(ROOT, '../'.repeat(fileName.split('/').length - 1) || './'),
  };
}

/** The modules that files import, and what those import, but for `import()`. */
function loadedBy(files: readonly string[], { output }: RolldownOutput): Set<string> {
  const chunks = new Map(output.filter((file): file is OutputChunk => file.type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
  const seen = new Set<OutputChunk>();
  const visit = (name: string): void => {
    const chunk = chunks.get(name);
    if (!chunk || seen.has(chunk)) return;
    seen.add(chunk);
    chunk.imports.forEach(visit);
  };
  files.forEach(visit);
  return new Set([...seen].flatMap(({ moduleIds }) => moduleIds));
}

/** Of the packages of others that are in the files now. */
function licensesOf(ids: readonly string[]): string {
  const folders = new Set(ids.flatMap((id) => /^.+\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id.replaceAll(sep, '/'))?.[0] ?? []));
  return [...folders].sort().map(licenseOf).join('\n\n');
}

function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : 'It brings no text of its licence.'}\n`;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
