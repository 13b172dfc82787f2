import type { Holding, Limit, Need, Party, Wait, WaitGraph } from './wait-graph.ts';

/** A wait as the server that it came to has noted it. */
export interface NotedWait {
  readonly id: string;
  /** Who waits, and who waits for that, from the inside out. Empty when a client does not say. */
  readonly within: readonly Party[];
  /** The flow run in whose process they all are. */
  readonly run: string | null;
  readonly since: number;
  /** Flow runs that have not ended; null when it queues for slots. */
  readonly flow_runs: readonly string[] | null;
  readonly limits: readonly string[];
  readonly slots: number;
}

/** A flow run that has lent the slots of its places. */
export interface LentRun {
  readonly run: string;
  readonly since: number;
  readonly flow_runs: readonly string[];
  readonly wants_back: boolean;
  readonly places: readonly string[];
}

/** A flow run in the queue: it needs a slot of each of its places, and one of a worker. */
export interface QueuedRun {
  readonly run: string;
  readonly places: readonly string[];
  readonly workers: readonly string[];
}

export interface HeldLimit {
  readonly name: string;
  readonly limit: number;
  readonly held: readonly (Holding & { readonly run: string | null })[];
}

export interface WaitFacts {
  readonly waits: readonly NotedWait[];
  readonly lent: readonly LentRun[];
  readonly queued: readonly QueuedRun[];
  readonly limits: readonly HeldLimit[];
}

const ends = (runs: readonly string[]): Need[] => runs.map((run) => ({ kind: 'end', of: `run ${run}` }));
const end = (of: Party): Need => ({ kind: 'end', of });
const isTask = (party: Party) => party.startsWith('task ');

/** The facts as a graph. Whoever is not in it goes on. */
export function toWaitGraph({ waits, lent, queued, limits }: WaitFacts): WaitGraph {
  const parties = new Map<Party, Wait[]>();
  const add = (party: Party, wait: Wait) => parties.set(party, [...(parties.get(party) ?? []), wait]);
  const known = new Map<string, Limit>(limits.map((limit) => [limit.name, limit]));
  const slotsOf = (names: readonly string[], slots: number, claim: boolean): Need[] =>
    names.filter((name) => known.has(name)).map((limit) => ({ kind: 'slots', limit, slots, claim }));
  const backOf = new Map(lent.map(({ run, places }) => [run, slotsOf(places, 1, false)]));

  // Who stands behind another request for the same limit is not asked before that is served.
  const last = new Map<string, string>();

  for (const { id, within, run, since, flow_runs, ...asked } of waits) {
    const [inner] = within;
    if (flow_runs) {
      if (inner) add(inner, { needs: [...ends(flow_runs), ...(backOf.get(run ?? '') ?? [])], ended: { id, what: 'runs', since } });
    } else {
      if (inner) add(inner, { needs: [end(`request ${id}`)], ended: { id, what: 'slots', since } });
      const ahead = new Set(asked.limits.flatMap((name) => last.get(name) ?? []));
      add(`request ${id}`, { needs: [...slotsOf(asked.limits, asked.slots, false), ...[...ahead].map(end)] });
      for (const name of asked.limits) last.set(name, `request ${id}`);
    }
  }
  for (const [caller, called] of callsOf(waits)) for (const inner of called) add(caller, { needs: [end(inner)] });
  addLent(add, parties, { waits, lent, limits }, backOf);
  for (const [run, inside] of partsOfRuns(waits, lent)) add(`run ${run}`, { needs: [...inside].map(end) });
  for (const [run, needs] of keptPlaces(waits, lent)) add(`places ${run}`, { needs });
  for (const { run, places, workers } of queued) {
    const worker: Need[] = workers.length > 0 && workers.every((name) => known.has(name)) ? [{ kind: 'any', limits: workers }] : [];
    add(`run ${run}`, { needs: [...slotsOf(places, 1, true), ...worker] });
  }
  return { parties, limits: known };
}

/** Who called whom, and waits for its end. */
function callsOf(waits: readonly NotedWait[]): Map<Party, Set<Party>> {
  const calls = new Map<Party, Set<Party>>();
  for (const { within } of waits) {
    for (const [index, caller] of within.entries()) {
      const called = within[index - 1];
      if (called !== undefined) calls.set(caller, (calls.get(caller) ?? new Set()).add(called));
    }
  }
  return calls;
}

/** Those whose slots are lent wait for them too; who holds slots in a run that has nothing else to wait for waits for them alone. */
function addLent(
  add: (party: Party, wait: Wait) => void,
  parties: ReadonlyMap<Party, readonly Wait[]>,
  { waits, lent, limits }: Pick<WaitFacts, 'waits' | 'lent' | 'limits'>,
  backOf: ReadonlyMap<string, Need[]>,
): void {
  for (const { run, since, flow_runs, wants_back } of lent) {
    const back = backOf.get(run) ?? [];
    const isNoted = waits.some((wait) => wait.run === run && wait.flow_runs);
    if (!isNoted) add(`body ${run}`, { needs: [...ends(flow_runs), ...back], ended: { id: `lent ${run}`, what: 'runs', since } });
    const holders = wants_back ? limits.flatMap(({ held }) => held.filter((each) => each.run === run).map(({ by }) => by)) : [];
    for (const holder of new Set(holders)) if (!parties.has(holder)) add(holder, { needs: back });
  }
}

/** A flow run ends after its body and all its tasks. */
function partsOfRuns(waits: readonly NotedWait[], lent: readonly LentRun[]): Map<string, Set<Party>> {
  const parts = new Map(lent.map(({ run }) => [run, new Set([`body ${run}`])]));
  for (const { within } of waits) {
    for (const [index, party] of within.entries()) {
      const body = within.slice(index).find((each) => !isTask(each));
      const run = body?.slice('body '.length);
      if (run) parts.set(run, (parts.get(run) ?? new Set([`body ${run}`])).add(party));
    }
  }
  return parts;
}

/** When places that are not lent are free: when the run ends; earlier, when it waits for runs and no task of it queues any more. */
function keptPlaces(waits: readonly NotedWait[], lent: readonly LentRun[]): Map<string, Need[]> {
  const kept = new Map<string, Need[]>();
  const isLent = new Set(lent.map(({ run }) => run));
  for (const run of new Set(waits.map((wait) => wait.run))) {
    if (run === null || isLent.has(run)) continue;
    const its = waits.filter((wait) => wait.run === run);
    const queuing = its.flatMap(({ flow_runs, within: [inner = ''] }) => (flow_runs === null && isTask(inner) ? [end(inner)] : []));
    kept.set(run, its.some(({ flow_runs }) => flow_runs) ? queuing : [...queuing, end(`run ${run}`)]);
  }
  return kept;
}
