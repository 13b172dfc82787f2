import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { copyFolder } from '../../../home.ts';
import type { Extract, FilePlan, TablePlan, TableSpec, Unreadable } from '../../../model.ts';
import { kindOf } from '../../../names/source-kinds.ts';
import type { Extraction, ListOptions, PlanOptions, Source, SourceTables } from '../../source.ts';
import { extractAsItIs } from '../extract-as-it-is.ts';
import { extractFile } from '../extract-file.ts';
import { FileChanged, identityOf } from '../file-identity.ts';
import { tablesToRead } from '../list-files.ts';
import { planFile } from '../plan-file.ts';
import { LIMITS, type Limits } from './ask.ts';
import { type ChosenFiles, chooseFiles, judgeFiles } from './choose-files.ts';
import { bringCopies, filesIn, type SeenFiles } from './copies.ts';
import type { Place } from './place.ts';
import { s3Place } from './s3-place.ts';
import { webPlace } from './web-place.ts';

/** Files of a web server or an object store: those of a table are copied to this machine, and read as those of a folder are. */
export function remoteSource(address: string, home: string, limits: Limits = LIMITS): Source {
  const open = async (signal: AbortSignal): Promise<Place> => (kindOf(address) === 's3' ? s3Place(address, limits, signal) : webPlace(address));
  return {
    list: async (options) => listPlace(await open(options.signal), options),
    plan: async (spec, options) => planRemote({ place: await open(options.signal), home, limits }, spec, options),
    extract: async (extraction) => extractRemote({ place: await open(extraction.context.signal), home, limits }, extraction),
  };
}

async function listPlace(place: Place, { only, signal }: ListOptions): Promise<SourceTables> {
  const listing = await place.list(signal);
  if (listing === null) {
    throw new SluiceError('USAGE', `${place.show('')} lists nothing: a web server does not say which files it has.`, {
      hint: "Name them: --table 'orders=orders.csv', once for each table.",
      lasting: true,
    });
  }
  const sizes = new Map(listing.map(({ path, bytes }) => [path, bytes ?? 0]));
  return tablesToRead(place.show(''), { ...judgeFiles(listing), only, sizeOf: async ({ path }) => sizes.get(path) ?? 0 });
}

interface Opened {
  readonly place: Place;
  readonly home: string;
  readonly limits: Limits;
}

async function planRemote({ place, home, limits }: Opened, spec: TableSpec, { copies, ...options }: PlanOptions): Promise<TablePlan | Unreadable> {
  const table = spec.name;
  const chosen = chooseFiles(spec, await place.list(options.signal));
  if (typeof chosen === 'string') return { table, reason: `${chosen[0]?.toUpperCase()}${chosen.slice(1)}.` };
  // Nobody will come for copies that were made to be looked at.
  const folder = copies ? await copies() : copyFolder(home, randomUUID());
  try {
    const seen = await bringCopies(folder, place, chosen.paths, { limits, signal: options.signal });
    const plan = await planFile(filesIn(folder), { ...spec, from: chosen.from }, options);
    if (!('columns' in plan)) return plan;
    return { ...withFiles(plan, (file, path) => asSeen(file, seen[path])), notes: [...chosen.notes, ...plan.notes] };
  } catch (error) {
    if (isSluiceError(error) && error.code === 'TABLE_UNREADABLE') return { table, reason: [error.message, error.hint ?? []].flat().join(' ') };
    throw error;
  } finally {
    if (!copies) await rm(folder, { recursive: true, force: true });
  }
}

/** A file is known again by its content: a copy has times of its own. */
const asSeen = (file: FilePlan, seen: SeenFiles[string] | undefined): FilePlan =>
  seen ? { ...file, bytes: seen.bytes, modified_ms: seen.modified_ms, hash: seen.hash } : file;

/** The plan with other identities of its files. */
function withFiles(plan: TablePlan, change: (file: FilePlan, path: string) => FilePlan): TablePlan {
  if (plan.members) return { ...plan, members: plan.members.map((member) => ({ ...member, file: change(member.file, member.name) })) };
  return plan.file ? { ...plan, file: change(plan.file, plan.from.name) } : plan;
}

async function extractRemote({ place, home, limits }: Opened, extraction: Extraction): Promise<Extract> {
  const folder = copyFolder(home, extraction.load_id);
  const { signal } = extraction.context;
  try {
    return await extractAsItIs(extraction, async ({ plan, ...options }) => {
      const { from, paths } = await filesOfPlan(place, plan, signal);
      const seen = await bringCopies(folder, place, paths, { limits, signal });
      expectPlanned(plan, seen, from);
      const here = new Map(await Promise.all(paths.map(async (path) => [path, await identityOf(`${filesIn(folder)}/${path}`)] as const)));
      const extract = await extractFile({
        ...options,
        folder: filesIn(folder),
        plan: withFiles(plan, (file, path) => ({ ...file, ...here.get(path) })),
      });
      return { ...extract, plan: withFiles(extract.plan, (file, path) => asSeen(file, seen[path])) };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What of the place is the table now. A file that was planned and is gone is asked for, and so is told of. */
async function filesOfPlan(place: Place, plan: TablePlan, signal: AbortSignal): Promise<Pick<ChosenFiles, 'from' | 'paths'>> {
  const from = plan.from.name;
  if (!plan.members) return { from, paths: [from] };
  const chosen = chooseFiles({ name: plan.table, from }, await place.list(signal));
  if (typeof chosen === 'string') throw new FileChanged(from);
  return chosen;
}

function expectPlanned(plan: TablePlan, seen: SeenFiles, from: string): void {
  const planned = plan.members ?? (plan.file ? [{ name: from, file: plan.file }] : []);
  const changed = planned.find(({ name, file }) => seen[name]?.hash !== file.hash || seen[name].bytes !== file.bytes);
  if (changed) throw new FileChanged(changed.name);
  // One that was not there when it was planned.
  if (Object.keys(seen).length !== planned.length) throw new FileChanged(from);
}
