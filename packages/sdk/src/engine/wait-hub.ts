import { type Client, pageAll, pause } from '@sluice/client';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import type { LeaseHolder } from '@sluice/core/model/concurrency-limit';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import { RunAborted } from '../errors.ts';
import { unlessAborted } from './unless-aborted.ts';

interface RunWaiter {
  readonly ids: readonly string[];
  /** The task or the body that waits, then what called it. Empty outside of a flow. */
  readonly within: readonly LeaseHolder[];
  readonly onChange: (runs: readonly FlowRun[]) => void;
  readonly resolve: (runs: FlowRun[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A task that is under way. It stands still while it waits: for flow runs, for a subflow, for another task. It rests before its next
 * try, and while it queues for a slot: it may go on at any moment then, and keeps the run's slots.
 */
export interface Work {
  standing: number;
  resting: number;
}

type Waits = { within: LeaseHolder[]; ids: string[] }[];

interface RunsNews {
  readonly flow_runs: readonly FlowRun[];
  /** Those that are not there. */
  readonly missing: readonly string[];
}

const NO_NEWS: RunsNews = { flow_runs: [], missing: [] };

/** The poll for a server that has no `/flow_runs/wait`. */
const POLL_MS = 1000;

/**
 * One subscription for everything that this process waits for. Under a lease it lends the run's slots while somebody waits and no
 * task works; before anything goes on after a wait, or a task starts, the slots are taken back.
 */
export class WaitHub {
  readonly #client: Client;
  readonly #leased: boolean;
  readonly #onAsleep: () => void;
  readonly #waiters = new Set<RunWaiter>();
  readonly #works = new Set<Work>();
  readonly #known = new Map<string, FlowRun>();
  #rests = 0;
  #lent = false;
  #restart = new AbortController();
  #loop: Promise<void> | undefined;
  #resuming: Promise<void> | undefined;

  /** `onAsleep` is called whenever the run comes to do nothing but wait. */
  constructor(client: Client, { leased, onAsleep = () => {} }: { leased: boolean; onAsleep?: () => void }) {
    this.#client = client;
    this.#leased = leased;
    this.#onAsleep = onAsleep;
  }

  /** Resolves when all these runs are final, in the order of the ids. Never rejects because of how they ended. */
  wait(ids: readonly string[], onChange: RunWaiter['onChange'], signal: AbortSignal, within: RunWaiter['within'] = []): Promise<FlowRun[]> {
    const { promise, resolve, reject } = Promise.withResolvers<FlowRun[]>();
    const waiter = { ids, within, onChange, resolve, reject };
    // What was known of a run that nobody has waited for since is old: it may have been started again.
    for (const id of ids) if (![...this.#waiters].some((other) => other.ids.includes(id))) this.#known.delete(id);
    this.#waiters.add(waiter);
    const leave = () => {
      if (!this.#waiters.delete(waiter)) return;
      // A run that is told to stop has no use for slots. Others go on now: not without them.
      if (signal.reason instanceof RunAborted) reject(signal.reason);
      else void this.#resume().then(() => (signal.reason === GIVE_UP ? resolve(this.#read(ids)) : reject(signal.reason)), reject);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    void promise.catch(() => {}).finally(() => signal.removeEventListener('abort', leave));
    this.#again();
    this.#maybeAsleep();
    this.#loop ??= this.#run();
    return promise;
  }

  /** A task starts. It is to be `ready` before it does anything. */
  startWork(): Work {
    const work = { standing: 0, resting: 0 };
    this.#works.add(work);
    return work;
  }

  /** Resolves when the run has its slots. */
  ready(signal: AbortSignal): Promise<void> {
    return unlessAborted(this.#resume(), signal);
  }

  endWork(work: Work): void {
    this.#works.delete(work);
    this.#maybeLend();
  }

  /** What a task waits for in here is not work of its own. */
  async standStill<T>(work: Work | undefined, signal: AbortSignal, wait: () => Promise<T>): Promise<T> {
    if (!work) return wait();
    work.standing++;
    this.#maybeLend();
    let value: T;
    try {
      value = await wait();
    } finally {
      work.standing--;
    }
    await this.ready(signal);
    return value;
  }

  /** Waits for something else than flow runs, in a task or outside of any. */
  async rest<T>(work: Work | undefined, wait: () => Promise<T>): Promise<T> {
    if (work) work.resting++;
    this.#rests++;
    this.#maybeAsleep();
    try {
      return await wait();
    } finally {
      if (work) work.resting--;
      this.#rests--;
    }
  }

  /** Whether the run does nothing but wait: its slots may be lent still, or it rests. What its body does outside of tasks does not count. */
  get isAsleep(): boolean {
    return this.#waiters.size + this.#rests > 0 && [...this.#works].every(({ standing, resting }) => standing + resting > 0);
  }

  /** Code that goes on meanwhile has its turn first. */
  #maybeAsleep(): void {
    setImmediate(() => this.isAsleep && this.#onAsleep());
  }

  get #isIdle(): boolean {
    return [...this.#works].every(({ standing }) => standing > 0);
  }

  #maybeLend(): void {
    this.#maybeAsleep();
    if (this.#leased && !this.#lent && this.#waiters.size > 0 && this.#isIdle) this.#again();
  }

  #read(ids: readonly string[]): FlowRun[] {
    return ids.flatMap((id) => this.#known.get(id) ?? []);
  }

  /** The subscription is made again: somebody waits for more, or slots are to be lent or taken back. */
  #again(): void {
    this.#restart.abort();
    this.#restart = new AbortController();
  }

  async #run(): Promise<void> {
    while (this.#waiters.size > 0) await this.#turn().catch((error) => this.#fail(error));
    this.#loop = undefined;
  }

  async #turn(): Promise<void> {
    // Code that goes on after a wait has its turn first: a task that it starts keeps the slots here.
    await new Promise(setImmediate);
    const { ourRoutes } = await this.#client.capabilities();
    await this.#resuming;
    const ids = [...new Set([...this.#waiters].flatMap((waiter) => waiter.ids))].filter((id) => !isFinal(this.#known.get(id)?.state_type));
    const { flow_runs: changed, missing } = ids.length === 0 ? NO_NEWS : await (ourRoutes ? this.#subscribe(ids) : this.#poll(ids));
    for (const run of changed) this.#known.set(run.id, run);
    for (const waiter of this.#waiters) {
      const its = changed.filter(({ id }) => waiter.ids.includes(id));
      if (its.length > 0) waiter.onChange(its);
    }
    const done = [...this.#waiters].filter((waiter) => waiter.ids.every((id) => isFinal(this.#known.get(id)?.state_type)));
    if (done.length > 0) {
      await this.#resume();
      for (const waiter of done) if (this.#waiters.delete(waiter)) waiter.resolve(this.#read(waiter.ids));
    }
    if (missing.length > 0)
      throw new SluiceError('NOT_FOUND', `These flow runs do not exist: ${missing.join(', ')}.`, {
        details: { flow_runs: missing },
        hint: 'They were deleted, or belong to another server.',
      });
  }

  /**
   * Ends the waits that an error is about, or all of them when it names no flow runs: at once and without slots, since somebody who
   * has them may wait for what the failure frees. They are taken back by what starts next.
   */
  #fail(error: unknown): void {
    const named = isSluiceError(error) && isObject(error.details) ? error.details['flow_runs'] : undefined;
    const concerned = [...this.#waiters].filter(({ ids }) => !Array.isArray(named) || ids.some((id) => named.includes(id)));
    for (const waiter of concerned) if (this.#waiters.delete(waiter)) waiter.reject(error);
  }

  async #subscribe(ids: string[]): Promise<RunsNews> {
    const { signal } = this.#restart;
    const lend = this.#leased && this.#isIdle;
    const since = Object.fromEntries(ids.flatMap((id) => (this.#known.get(id)?.state_id ? [[id, this.#known.get(id)?.state_id as string]] : [])));
    this.#lent ||= lend;
    const waits = this.#leased && lend ? this.#waitsInside(ids) : this.#waits(ids);
    try {
      const { flow_runs, missing, done } = await this.#client.request(
        'POST /flow_runs/wait',
        { body: { ids, since, lend, ...(waits && { waits }) } },
        { signal },
      );
      if (done && lend) this.#lent = false;
      return { flow_runs, missing };
    } catch (error) {
      if (signal.aborted) return NO_NEWS;
      throw error;
    }
  }

  async #poll(ids: string[]): Promise<RunsNews> {
    await pause(POLL_MS, this.#restart.signal).catch(() => {});
    const body = { flow_runs: { id: { any_: ids } } };
    return { flow_runs: await pageAll((page) => this.#client.request('POST /flow_runs/filter', { body: { ...body, ...page } })), missing: [] };
  }

  /** Which task or body waits for which of these runs, each once. */
  #waits(ids: readonly string[]): Waits {
    const open = new Set(ids);
    const byUnit = new Map<string, { within: LeaseHolder[]; ids: string[] }>();
    for (const { within, ids: its } of this.#waiters) {
      const [unit] = within;
      if (!unit) continue;
      const wait = byUnit.get(unit.id) ?? { within: [...within], ids: [] };
      wait.ids.push(...its.filter((id) => open.has(id)));
      byUnit.set(unit.id, wait);
    }
    return [...byUnit.values()];
  }

  /** Nothing when the body of a flow waits for all of them, as nearly always: so much the server knows by the lease. */
  #waitsInside(ids: readonly string[]): Waits | undefined {
    return [...this.#waiters].every(({ within }) => within.length === 1) ? undefined : this.#waits(ids);
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
    this.#again();
    for (let done = false; !done; ) {
      ({ done } = await this.#client.request('POST /flow_runs/wait', { body: { ids: [], lend: true } }));
    }
    this.#lent = false;
  }
}

/** A wait that is given up answers with the runs as they are known. */
export const GIVE_UP = Symbol('give up');
