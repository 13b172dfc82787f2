import type { SlotCount } from '@sluice/core/orchestration/run-record';
import type { Database, Sql } from '../db/database.ts';
import type { NewsDesk } from '../events/news.ts';
import type { Writer } from '../orchestrate/change.ts';
import { type LentLease, lendSlots, lockLent, noteWaitingOn, readWantingBack, readWorkerLimits, takeSlotsBack } from '../store/lending.ts';
import { countPlaces, countWorkers } from '../store/slot-counts.ts';

/** `lost`: the lease has ended. `waiting`: the wait was ended before there were slots. */
export type Resumed = 'resumed' | 'lost' | 'waiting';

interface Resuming {
  readonly writer: Writer;
  readonly resolve: (resumed: Resumed) => void;
}

/** Lends the slots of flow runs that only wait, and gets them back before anybody else gets one. */
export interface Lending {
  /** False when the lease has ended. */
  lend(writer: Writer, flowRunIds: readonly string[]): Promise<boolean>;
  /** Resolves when the run has all its slots again, or cannot have them. */
  resume(writer: Writer, signal: AbortSignal): Promise<Resumed>;
  /**
   * Gives slots to those who want theirs back, those who lent first first. Called before any claim. Who wants them back stands in
   * the database, so that no server claims them for others, and not even a parent that hears of its child's end a moment later comes too late.
   */
  resumeAll(): Promise<void>;
}

export function createLending({ database, desk }: { database: Database; desk: NewsDesk }): Lending {
  const resuming: Resuming[] = [];

  async function resumeAll(): Promise<void> {
    const wanting = new Map((await readWantingBack(database.sql)).map((writer) => [writer.flow_run_id, writer]));
    for (const { writer } of resuming) if (!wanting.has(writer.flow_run_id)) wanting.set(writer.flow_run_id, writer);
    for (const writer of wanting.values()) {
      const resumed = await database.transaction((sql) => tryResume(sql, writer)).catch(() => 'full' as const);
      // Who waits for it at another server is told by it when that looks again.
      if (resumed !== 'full' && !settle(writer.flow_run_id, resumed)) desk.publish({ claimable: true });
    }
  }

  /** False when nobody here waits for it. */
  function settle(flowRunId: string, resumed: Resumed): boolean {
    const its = resuming.filter(({ writer }) => writer.flow_run_id === flowRunId);
    for (const entry of its) {
      resuming.splice(resuming.indexOf(entry), 1);
      entry.resolve(resumed);
    }
    return its.length > 0;
  }

  return {
    resumeAll,
    lend: async ({ flow_run_id, epoch }, flowRunIds) => {
      const lent = await lendSlots(database.sql, flow_run_id, epoch, { flow_runs: [...flowRunIds] });
      if (lent) desk.publish({ claimable: true });
      return lent;
    },
    resume: async (writer, signal) => {
      if (signal.aborted) return 'waiting';
      const { promise, resolve } = Promise.withResolvers<Resumed>();
      const entry = { writer, resolve };
      resuming.push(entry);
      signal.addEventListener('abort', () => {
        if (resuming.includes(entry)) resuming.splice(resuming.indexOf(entry), 1);
        resolve('waiting');
      });
      desk.publish({ claimable: true });
      return promise;
    },
  };
}

/** All slots or none, counted under the same locks as claims. */
async function tryResume(sql: Sql, { flow_run_id, epoch }: Writer): Promise<'resumed' | 'full' | 'lost'> {
  const lease = await lockLent(sql, flow_run_id, epoch);
  if (lease === undefined) return 'lost';
  if (lease === null) return 'resumed';
  const full = (await countSlots(sql, lease)).find(({ limit, used }) => limit !== null && used >= limit);
  if (full) {
    await noteWaitingOn(sql, flow_run_id, { slot: `${full.kind} "${full.name}"` });
    return 'full';
  }
  await takeSlotsBack(sql, flow_run_id);
  return 'resumed';
}

async function countSlots(sql: Sql, { incarnation_id, work_queue_id }: LentLease): Promise<SlotCount[]> {
  const incarnationIds = incarnation_id ? [incarnation_id] : [];
  const [places, used, limits] = await Promise.all([
    countPlaces(sql, work_queue_id ? [work_queue_id] : [], []),
    countWorkers(sql, incarnationIds),
    readWorkerLimits(sql, incarnationIds),
  ]);
  const workers = incarnationIds.map((id): SlotCount => {
    const worker = limits.get(id);
    return { kind: 'worker', name: worker?.name ?? '', limit: worker?.limit ?? null, used: used.get(id) ?? 0 };
  });
  return [...workers, ...places];
}
