import { dirname } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { withEnoughMemory } from '../../duckdb/memory.ts';
import type { Seen, SeenLoad, WriteRequest } from '../destination.ts';
import { type Outcome, removeParts } from '../outcome.ts';
import { seeLoad } from '../see.ts';
import { isConflict, isNotThere, NoLedger } from './errors.ts';
import type { Lake } from './lake.ts';
import { hasLedger, LEDGER } from './ledger.ts';
import { expectMark, makeLake, makeSchema } from './make-room.ts';
import { type OpenOptions, openLake, type Place } from './open-lake.ts';
import { removeTorn } from './own-files.ts';
import { readRows } from './quarantine.ts';

/** Of one table: each other load of it that comes first is one more try. */
const TRIES = 5;

/** Does all of it in one transaction of the lake or nothing, and looks at what stands there then. */
export async function writeLoad(place: Place, request: WriteRequest, settle: (lake: Lake) => Promise<Outcome>): Promise<SeenLoad> {
  const { extract, context } = request;
  const { plan } = extract;
  const { signal } = context;
  const total = extract.rows_read - extract.rows_quarantined;
  const started = performance.now();
  context.progress({ done: 0, total, label: 'loading' });
  const first = extract.parts[0]?.file ?? extract.quarantine_file;
  const options: OpenOptions = { access: 'write', temp: first ? dirname(first) : undefined, signal, table: plan.table };
  const write = (lake: Lake) => commitInTurn(lake, request, settle);
  const { outcome, seen } = await openLake(place, options, write).catch(async (error: unknown) => {
    if (!(error instanceof NoLedger) && !isNotThere(error)) throw error;
    await makeLake(place, signal);
    return await openLake(place, options, write);
  });
  context.progress({ done: total, total, label: 'loading' });
  await removeParts(extract);
  return { ...outcome, table: plan.table, target: plan.target, seconds: (performance.now() - started) / 1000, seen };
}

async function commitInTurn(
  lake: Lake,
  request: WriteRequest,
  settle: (lake: Lake) => Promise<Outcome>,
): Promise<{ outcome: Outcome; seen: Seen | undefined }> {
  const { plan } = request.extract;
  if (!(await hasLedger(lake))) throw new NoLedger();
  await expectMark(lake);
  await makeSchema(lake, plan.target);
  for (let tries = 1; ; tries++) {
    try {
      const outcome = await withEnoughMemory(lake, () => lake.transaction(() => settle(lake)));
      return { outcome, seen: await seeLoad(lake, { ledger: LEDGER, readRows }, outcome, request) };
    } catch (error) {
      await removeTorn(error, lake.dataPath);
      if (!isConflict(error)) throw error;
      if (tries === TRIES) throw contended(plan.table, error);
    }
  }
}

const contended = (table: string, cause: unknown) =>
  new SluiceError('WAREHOUSE_LOCKED', `${table} was loaded by others ${TRIES} times while this load was on its way.`, {
    hint: 'Load a table by one job at a time. The lake is as the last of them has left it.',
    cause,
  });
