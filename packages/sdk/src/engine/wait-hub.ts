import type { Client } from '@sluice/client';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import { pause } from './pause.ts';

interface Waiter {
  readonly ids: readonly string[];
  readonly onChange: (runs: readonly FlowRun[]) => void;
  readonly resolve: (runs: FlowRun[]) => void;
  readonly reject: (error: unknown) => void;
}

/** How a server answers that has no `/flow_runs/wait`. */
const NO_SUCH_ROUTE: readonly string[] = ['NOT_FOUND', 'ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED'];

/** The poll for a server that has no `/flow_runs/wait`. */
const POLL_MS = 1000;

/**
 * One subscription for everything that this process waits for. Under a lease it lends the run's slots while nothing of the run
 * works: no task, and no code after a wait that has ended. Before anything goes on the slots are taken back.
 */
export class WaitHub {
  readonly #client: Client;
  readonly #leased: boolean;
  readonly #waiters = new Set<Waiter>();
  readonly #known = new Map<string, FlowRun>();
  #working = 0;
  /** Whether all code of the flow may be taken to stand in a wait. */
  #idle = false;
  #lent = false;
  #restart = new AbortController();
  #loop: Promise<void> | undefined;
  #resuming: Promise<void> | undefined;

  constructor(client: Client, { leased }: { leased: boolean }) {
    this.#client = client;
    this.#leased = leased;
  }

  /** Resolves when all these runs are final, in the order of the ids. Never rejects because of how they ended. */
  wait(ids: readonly string[], onChange: Waiter['onChange'], signal: AbortSignal): Promise<FlowRun[]> {
    const { promise, resolve, reject } = Promise.withResolvers<FlowRun[]>();
    const waiter = { ids, onChange, resolve, reject };
    this.#waiters.add(waiter);
    this.#idle = true;
    const leave = () => {
      if (!this.#waiters.delete(waiter)) return;
      // Somebody goes on now: not without slots.
      void this.#resume().then(() => (signal.reason === GIVE_UP ? resolve(this.#read(ids)) : reject(signal.reason)), reject);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    void promise.catch(() => {}).finally(() => signal.removeEventListener('abort', leave));
    this.#again();
    this.#loop ??= this.#run();
    return promise;
  }

  /** A task starts: it waits until the run has its slots. */
  async startWork(): Promise<void> {
    this.#working++;
    await this.#resume();
  }

  endWork(): void {
    this.#working--;
  }

  #read(ids: readonly string[]): FlowRun[] {
    return ids.flatMap((id) => this.#known.get(id) ?? []);
  }

  /** The subscription is made anew: somebody waits for more, or the slots are needed. */
  #again(): void {
    this.#restart.abort();
    this.#restart = new AbortController();
  }

  async #run(): Promise<void> {
    while (this.#waiters.size > 0) {
      try {
        await this.#turn();
      } catch (error) {
        for (const waiter of this.#waiters) waiter.reject(error);
        this.#waiters.clear();
      }
    }
    this.#loop = undefined;
  }

  async #turn(): Promise<void> {
    await this.#resuming;
    const ids = [...new Set([...this.#waiters].flatMap((waiter) => waiter.ids))].filter((id) => !isFinal(this.#known.get(id)?.state_type));
    const changed = ids.length > 0 ? await this.#poll(ids) : [];
    for (const run of changed) this.#known.set(run.id, run);
    const done = [...this.#waiters].filter((waiter) => waiter.ids.every((id) => isFinal(this.#known.get(id)?.state_type)));
    for (const waiter of this.#waiters) {
      const its = changed.filter(({ id }) => waiter.ids.includes(id));
      if (its.length > 0) waiter.onChange(its);
    }
    if (done.length === 0) return;
    await this.#resume();
    this.#idle = false;
    for (const waiter of done) {
      if (this.#waiters.delete(waiter)) waiter.resolve(this.#read(waiter.ids));
    }
  }

  async #poll(ids: string[]): Promise<FlowRun[]> {
    const { signal } = this.#restart;
    const lend = this.#leased && this.#idle && this.#working === 0;
    const since = Object.fromEntries(ids.flatMap((id) => (this.#known.get(id)?.state_id ? [[id, this.#known.get(id)?.state_id as string]] : [])));
    this.#lent ||= lend;
    try {
      const { flow_runs, missing, done } = await this.#client.request('POST /flow_runs/wait', { body: { ids, since, lend } }, { signal });
      if (done && lend) this.#lent = false;
      if (missing.length > 0) throw new Error(`These flow runs do not exist: ${missing.join(', ')}.`);
      return flow_runs;
    } catch (error) {
      if (signal.aborted) return [];
      if (!isSluiceError(error) || !NO_SUCH_ROUTE.includes(error.code)) throw error;
      await pause(POLL_MS, signal).catch(() => {});
      return this.#client.request('POST /flow_runs/filter', { body: { flow_runs: { id: { any_: ids } } } });
    }
  }

  #resume(): Promise<void> {
    if (!this.#lent) return Promise.resolve();
    this.#resuming ??= this.#takeBack().finally(() => {
      this.#resuming = undefined;
    });
    return this.#resuming;
  }

  /** A wait for nothing is over at once, and ends with the slots given back. */
  async #takeBack(): Promise<void> {
    this.#idle = false;
    this.#again();
    for (let done = false; !done; ) {
      ({ done } = await this.#client.request('POST /flow_runs/wait', { body: { ids: [], lend: true } }));
    }
    this.#lent = false;
  }
}

/** A wait that is given up answers with the runs as they are known. */
export const GIVE_UP = Symbol('give up');
