import { expectSettings, type FlowRunHandle, type RunContext } from '@sluice/sdk';
import type { Load, SharedSnapshot } from '../model.ts';
import type { HeldSnapshot } from '../sources/source.ts';
import { openSource } from '../sources/table.ts';

/** The snapshots that a job holds, one for each database that it reads. */
export class KeptSnapshots implements AsyncDisposable {
  readonly #held: ReadonlyMap<string, HeldSnapshot>;

  constructor(held: ReadonlyMap<string, HeldSnapshot>) {
    this.#held = held;
  }

  /**
   * Places of the tables that were read in another state of their source than the one that is held now, with its name. None where all
   * of a source share one, though that be gone by now.
   */
  async apart(tables: readonly { readonly source: string; readonly run: FlowRunHandle }[]): Promise<{ place: number; snapshot: string }[]> {
    const read = await Promise.all(tables.map(async ({ source, run }, place) => ({ source, place, at: await snapshotOf(run) })));
    return [...this.#held].flatMap(([source, { snapshot }]) => {
      const own = read.flatMap(({ at, ...table }) => (table.source === source && at !== undefined ? [{ ...table, at }] : []));
      if (!snapshot || new Set(own.map(({ at }) => at)).size < 2) return [];
      return own.filter(({ at }) => at !== nameOf(snapshot)).map(({ place }) => ({ place, snapshot: nameOf(snapshot) }));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#held.values()) await each[Symbol.asyncDispose]();
  }
}

const nameOf = ({ id, taken_at }: SharedSnapshot): string => `${id} of ${taken_at}`;

/** Null for a table that was read alone, undefined for one that is not loaded. */
async function snapshotOf(run: FlowRunHandle): Promise<string | null | undefined> {
  if (run.flow_run.state_type !== 'COMPLETED') return undefined;
  const { snapshot } = (await run.result()) as Load;
  return snapshot ? nameOf(snapshot) : null;
}

/**
 * Holds one snapshot of each of these sources that has such a thing, from now until it is disposed of. It belongs to the body of the
 * job's flow, not to a task: the job lends its place while it waits for its tables, and its process, and with that the session, stays.
 * A job that is done again takes new ones.
 */
export async function keepSnapshots(sources: readonly string[], { signal, log, run }: RunContext): Promise<KeptSnapshots> {
  const { home } = expectSettings();
  await using stack = new AsyncDisposableStack();
  const held = new Map<string, HeldSnapshot>();
  for (const source of new Set(sources)) {
    const { holdSnapshot } = await openSource(home, source);
    if (!holdSnapshot) continue;
    const onLost = (reason: string) => log.warn(`The snapshot of ${source} is lost, ${reason}: the tables that were read in it are read again.`);
    held.set(source, stack.use(await holdSnapshot({ job: run.flow_run_id, signal, onLost })));
  }
  if (sources.length > 0 && held.size === 0) log.warn('No table of the job comes from a database: there is no snapshot to read it in.');
  stack.move();
  return new KeptSnapshots(held);
}
