import { SluiceError } from '@sluice/core/errors/sluice-error';
import { FINAL_STATE_TYPES } from '@sluice/core/model/state-type';
import type { Database } from '../db/database.ts';
import { type NewsDesk, tellsOf } from '../events/news.ts';
import type { Writer } from '../orchestrate/change.ts';
import { readStateIds } from '../store/flow-runs.ts';
import type { Lending } from './lending.ts';
import { type NotedWait, processOf, type WaitNotes } from './wait-notes.ts';

export interface WaitFor {
  readonly ids: readonly string[];
  /** The state that the caller knows of each run. */
  readonly since: { readonly [id: string]: string };
  /** The holder of a lease that lends its slots while it waits. */
  readonly lend: Writer | null;
  /** The holder of a lease, whether it lends or not. */
  readonly writer?: Writer | null;
  /** Who in the process waits for which of the runs, where it is not the flow's body for all of them. */
  readonly waits?: readonly { readonly within: readonly string[]; readonly ids: readonly string[] }[] | undefined;
  /** Other news ends the wait too, and final runs do not. */
  readonly any: boolean;
}

export interface Waited {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly done: boolean;
}

/** Answers as soon as one of the runs differs from what the caller knows, or all are final, or `signal` ends the wait. */
export interface Waiting {
  wait(request: WaitFor, signal: AbortSignal): Promise<Waited>;
  /** Ends the waits of a holder that lends with an error. False when it waits for nothing now. */
  fail(flowRunId: string, error: Error): boolean;
}

interface Deps {
  readonly database: Database;
  readonly desk: NewsDesk;
  readonly lending: Lending;
  readonly notes: WaitNotes;
}

/** A body that lends is noted with its lease. */
function toNotes({ ids, lend, writer = null, waits }: WaitFor): NotedWait[] {
  const body = writer && !lend && ids.length > 0 ? [{ within: [`body ${writer.flow_run_id}`], ids }] : [];
  return (waits ?? body).map((wait) => ({
    within: wait.within,
    flow_run_id: processOf(writer, wait.within),
    flow_run_ids: wait.ids,
  }));
}

export function createWaiting({ database, desk, lending, notes }: Deps): Waiting {
  const lenders = new Set<{ readonly flow_run_id: string; readonly ended: AbortController }>();

  async function look({ ids, since }: WaitFor): Promise<Waited> {
    const rows = await readStateIds(database.sql, ids);
    const known = new Set(rows.map(({ id }) => id));
    return {
      changed: rows.filter(({ id, state_id }) => state_id !== null && since[id] !== state_id).map(({ id }) => id),
      missing: ids.filter((id) => !known.has(id)),
      done: rows.every(({ state_type }) => (FINAL_STATE_TYPES as readonly unknown[]).includes(state_type)),
    };
  }

  /** Resolves at the next news of one of the runs, or when `signal` ends the wait. Listening starts before the look, so none is missed. */
  function listen(ids: ReadonlySet<string>, any: boolean, signal: AbortSignal): { heard: Promise<void>; stop: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const unsubscribe = desk.subscribe(({ flow_runs }) => {
      if (any || tellsOf(flow_runs, ids)) resolve();
    });
    signal.addEventListener('abort', () => resolve(), { once: true });
    return { heard: promise, stop: unsubscribe };
  }

  /** Slots are given back before the answer; a holder whose lease has ended is told so instead. */
  async function finish(seen: Waited, lend: Writer | null, signal: AbortSignal): Promise<Waited> {
    const resumed = lend ? await lending.resume(lend, signal) : 'resumed';
    if (resumed === 'lost') throw leaseEnded(lend as Writer);
    return { ...seen, done: resumed === 'resumed' };
  }

  async function until(request: WaitFor, signal: AbortSignal): Promise<Waited> {
    const ids = new Set(request.ids);
    let lent = request.lend === null;
    let heardAny = false;
    for (;;) {
      const { heard, stop } = listen(ids, request.any, signal);
      try {
        const seen = await look(request);
        if (seen.done && !request.any) return await finish(seen, request.lend, signal);
        if (!lent && !signal.aborted && !(await lending.lend(request.lend as Writer, request.ids))) throw leaseEnded(request.lend as Writer);
        lent = true;
        if (seen.changed.length > 0 || seen.missing.length > 0 || heardAny || signal.aborted) return seen;
        await heard;
        heardAny = request.any;
      } finally {
        stop();
      }
    }
  }

  return {
    wait: async (request, signal) => {
      const toNote = toNotes(request);
      if (!request.lend && toNote.length === 0) return until(request, signal);
      const ended = new AbortController();
      const noted = toNote.map((wait) => notes.note(wait, (error) => ended.abort(error)));
      const lender = request.lend && { flow_run_id: request.lend.flow_run_id, ended };
      if (lender) lenders.add(lender);
      try {
        const waited = await until(request, AbortSignal.any([signal, ended.signal]));
        ended.signal.throwIfAborted();
        return waited;
      } finally {
        if (lender) lenders.delete(lender);
        for (const { end } of noted) end();
      }
    },
    fail: (flowRunId, error) => {
      const its = [...lenders].filter(({ flow_run_id }) => flow_run_id === flowRunId);
      for (const { ended } of its) ended.abort(error);
      return its.length > 0;
    },
  };
}

const leaseEnded = ({ flow_run_id, epoch }: Writer) =>
  new SluiceError('LEASE_EXPIRED', `Epoch ${epoch} of flow run ${flow_run_id} is over: its lease was lost or given back.`, {
    hint: 'Stop: another worker has the run now.',
  });
