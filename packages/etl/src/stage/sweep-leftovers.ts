import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { etlPaths, type LoadNote } from '../home.ts';
import type { StepContext } from '../model.ts';
import { findOldDrafts, isOlder, namesIn, type Removed, removeAll } from './old-files.ts';

export interface SweepRequest {
  readonly home: string;
  /** Whether the flow run of a load has ended for good, or nobody knows it any more. */
  readonly isLoadOver: (load: LoadNote) => Promise<boolean>;
  readonly context: StepContext;
}

/** Folders that nobody has noted, by a version of ours that is long gone or by hand. */
const OLD_FOLDER_MS = 24 * 3_600_000;

/** Copies of files, and mended rows, stand beside the spool files of their load. */
const SUFFIX = /\.(?:copy|mended)$/;

/**
 * Removes files of loads that are over, and drafts. Files of a load that still runs are never touched. Every step stands for itself: a
 * sweep that is killed, or that cannot remove something, is ended by the next one.
 */
export async function sweepLeftovers(request: SweepRequest): Promise<Removed[]> {
  return await removeAll(await findLeftovers(request), request.context);
}

async function findLeftovers(request: SweepRequest): Promise<string[]> {
  const paths = etlPaths(request.home);
  const noted = (await namesIn(paths.loads)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  const spooled = await namesIn(paths.spool);
  const ids = new Set([...noted, ...(await namesIn(paths.parts)), ...spooled.map((name) => name.replace(SUFFIX, ''))]);
  const over = await Promise.all([...ids].map(async (id) => ((await isOver(request, id)) ? [id] : [])));
  // The note goes last: without it nobody would know whose the folders were.
  const ofLoads = over
    .flat()
    .flatMap((id) => [
      join(paths.parts, id),
      ...spooled.filter((name) => name.replace(SUFFIX, '') === id).map((name) => join(paths.spool, name)),
      join(paths.loads, `${id}.json`),
    ]);
  const folders = [dirname(paths.report), paths.reports, paths.loads];
  return [...ofLoads, ...(await Promise.all(folders.map((folder) => findOldDrafts(folder, isJsonDraft)))).flat()];
}

const isJsonDraft = (name: string): boolean => /\.json\.[0-9a-f-]{36}\.tmp$/.test(name);

async function isOver({ home, isLoadOver }: SweepRequest, id: string): Promise<boolean> {
  const { loads, parts, spool } = etlPaths(home);
  const text = await readFile(join(loads, `${id}.json`), 'utf8').catch(() => null);
  if (text !== null) return isLoadOver(JSON.parse(text) as LoadNote);
  return (
    await Promise.all(
      [join(parts, id), ...['', '.copy', '.mended'].map((suffix) => join(spool, `${id}${suffix}`))].map((folder) => isOlder(folder, OLD_FOLDER_MS)),
    )
  ).every((old) => old);
}
