import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '@sluice/core/errors/sluice-error';
import { openWarehouse, temporaryFolder } from '../destinations/duckdb/open.ts';
import { etlPaths, type LoadNote } from '../home.ts';
import type { StepContext } from '../model.ts';

export interface SweepRequest {
  readonly home: string;
  /** Path of the file. */
  readonly warehouse: string;
  /** Whether the flow run of a load has ended for good, or nobody knows it any more. */
  readonly isLoadOver: (load: LoadNote) => Promise<boolean>;
  readonly context: StepContext;
}

export interface Removed {
  readonly path: string;
  readonly bytes: number;
}

/** Drafts live for moments; folders that nobody has noted, by a version of ours that is long gone or by hand, for longer. */
const OLD_DRAFT_MS = 3_600_000;
const OLD_FOLDER_MS = 24 * 3_600_000;

/**
 * First clean-up: files of loads that are over, drafts, and what a killed commit had spilled. Files of a load that still runs are
 * never touched. Every step stands for itself: a sweep that is killed, or that cannot remove something, is ended by the next one.
 */
export async function sweepLeftovers(request: SweepRequest): Promise<Removed[]> {
  const removed: Removed[] = [];
  for (const path of await findLeftovers(request)) {
    request.context.signal.throwIfAborted();
    const item = await remove(path, request.context);
    if (item) removed.push(item);
  }
  const spilled = await removeSpilled(request);
  return spilled ? [...removed, spilled] : removed;
}

async function findLeftovers(request: SweepRequest): Promise<string[]> {
  const { home, warehouse } = request;
  const paths = etlPaths(home);
  const noted = (await namesIn(paths.loads)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  const ids = new Set([...noted, ...(await namesIn(paths.parts)), ...(await namesIn(paths.spool))]);
  const over = await Promise.all([...ids].map(async (id) => ((await isOver(request, id)) ? [id] : [])));
  // The note goes last: without it nobody would know whose the folders were.
  const ofLoads = over.flat().flatMap((id) => [join(paths.parts, id), join(paths.spool, id), join(paths.loads, `${id}.json`)]);
  const folders = [dirname(paths.report), paths.reports, paths.loads, dirname(warehouse)];
  const drafts = (await Promise.all([...new Set(folders)].map((folder) => findDrafts(folder, basename(warehouse))))).flat();
  return [...ofLoads, ...drafts].filter((path) => existsSync(path));
}

async function isOver({ home, isLoadOver }: SweepRequest, id: string): Promise<boolean> {
  const { loads, parts, spool } = etlPaths(home);
  const text = await readFile(join(loads, `${id}.json`), 'utf8').catch(() => null);
  if (text !== null) return isLoadOver(JSON.parse(text) as LoadNote);
  return (await Promise.all([join(parts, id), join(spool, id)].map((folder) => isOlder(folder, OLD_FOLDER_MS)))).every((old) => old);
}

/** Drafts of our JSON files and of the warehouse. */
async function findDrafts(folder: string, warehouse: string): Promise<string[]> {
  const isDraft = (name: string) => /\.json\.[0-9a-f-]{36}\.tmp$/.test(name) || (name.startsWith(`.${warehouse}.`) && /\.new(\.wal)?$/.test(name));
  const drafts = (await namesIn(folder)).filter(isDraft).map((name) => join(folder, name));
  const old = await Promise.all(drafts.map((path) => isOlder(path, OLD_DRAFT_MS)));
  return drafts.filter((_, index) => old[index]);
}

/** Also of what is not there. */
async function isOlder(path: string, ms: number): Promise<boolean> {
  const facts = await stat(path).catch(() => null);
  return facts === null || Date.now() - facts.mtimeMs > ms;
}

async function remove(path: string, { log }: StepContext): Promise<Removed | null> {
  try {
    const bytes = await bytesOf(path);
    await rm(path, { recursive: true, force: true });
    log.info('removed', { path, bytes });
    return { path, bytes };
  } catch (error) {
    log.warn('could not be removed', { path, error: messageOf(error) });
    return null;
  }
}

/** Whoever opens the file for writing clears what a killed process has spilled: only then is it sure that nobody needs it. */
async function removeSpilled({ warehouse, context }: SweepRequest): Promise<Removed | null> {
  const path = temporaryFolder(warehouse);
  if (!existsSync(path) || !existsSync(warehouse)) return null;
  const bytes = await bytesOf(path);
  try {
    await openWarehouse({ file: warehouse, access: 'write', waitMs: 0, signal: context.signal }, async () => {});
  } catch (error) {
    context.log.info('left to the next sweep', { path, error: messageOf(error) });
    return null;
  }
  context.log.info('removed', { path, bytes });
  return { path, bytes };
}

async function bytesOf(path: string): Promise<number> {
  const facts = await stat(path).catch(() => null);
  if (!facts?.isDirectory()) return facts?.size ?? 0;
  const sizes = await Promise.all((await namesIn(path)).map((name) => bytesOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
