import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

const FOLDER = new URL('../../migrations/views/', import.meta.url);
const PREFIX = 'views/';

/** A view that records are read by, or a function that views use: what it is called, and the statement that makes it. */
export interface WireView {
  /** As the table `migration` has it. */
  readonly name: string;
  readonly object: string;
  readonly text: string;
  readonly checksum: string;
}

export const isWireView = (name: string): boolean => name.startsWith(PREFIX);

const objectOf = (name: string) => name.slice(PREFIX.length).replace(/\.sql$/, '');

/** All views as the files say now, each behind those that it mentions. */
export async function readWireViews(): Promise<WireView[]> {
  const files = (await readdir(FOLDER)).filter((file) => /^\w+\.sql$/.test(file)).sort();
  const views = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(new URL(file, FOLDER), 'utf8');
      const name = PREFIX + file;
      return { name, object: objectOf(name), text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
  return inOrder(views);
}

function inOrder(views: readonly WireView[]): WireView[] {
  const seen = new Set<WireView>();
  const ordered: WireView[] = [];
  const add = (view: WireView) => {
    if (seen.has(view)) return;
    seen.add(view);
    for (const other of views) if (new RegExp(`\\b${other.object}\\b`).test(view.text)) add(other);
    ordered.push(view);
  };
  views.forEach(add);
  return ordered;
}

/** Drops what is there of these, whatever hangs on what. Those of an older version may have no file any more. */
export function dropWireViews(names: Iterable<string>): string {
  const objects = [...new Set([...names].map(objectOf))].filter((object) => /^\w+$/.test(object));
  const drop = (kind: string, some: string[]) => (some.length > 0 ? `drop ${kind} if exists ${some.join(', ')};\n` : '');
  const isView = (object: string) => object.endsWith('_view');
  return (
    drop('view', objects.filter(isView)) +
    drop(
      'function',
      objects.filter((object) => !isView(object)),
    )
  );
}

/** Makes them and writes down which they are. */
export function createWireViews(views: readonly WireView[]): string {
  const rows = views.map(({ name, checksum }) => `('${name}', '${checksum}', clock_timestamp())`);
  return [
    ...views.map(({ text }) => text),
    `delete from migration where starts_with(name, '${PREFIX}');`,
    `insert into migration values ${rows};`,
  ].join('\n');
}
