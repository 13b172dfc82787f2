import type { SourceKind } from '../names/source-kinds.ts';
import { filesSource } from './files/files-source.ts';
import { findSource } from './locations.ts';
import { postgresSource } from './postgres/postgres-source.ts';
import type { Source } from './source.ts';

/** The sources, each made of its address: a URL, or the path of a folder. */
const SOURCES: { readonly [kind in SourceKind]: (address: string) => Source } = {
  postgres: postgresSource,
  files: filesSource,
};

/** The source that this name stands for. */
export async function openSource(home: string, name: string): Promise<Source> {
  const { kind, address } = await findSource(home, name);
  return SOURCES[kind](address);
}
