/** Who may wait, and may hold slots: `task <id>`, the `body <id>` of a flow run, the `run <id>` itself, the `places <id>` it has. */
export type Party = string;

/** What it takes to go on: that somebody has ended, or slots of a limit; `any` is one slot of one of several. */
export type Need =
  | { readonly kind: 'end'; readonly of: Party }
  | { readonly kind: 'slots'; readonly limit: string; readonly slots: number; readonly claim: boolean }
  | { readonly kind: 'any'; readonly limits: readonly string[] };

/** A wait that is over when all its needs are met. */
export interface Wait {
  readonly needs: readonly Need[];
  /** Set where a process waits: what can be ended with an error. */
  readonly ended?: { readonly id: string; readonly what: 'runs' | 'slots'; readonly since: number };
}

export interface Holding {
  readonly by: Party;
  readonly slots: number;
  /** Nobody has the slot now: it was lent and is wanted back, and so it is kept from claims. */
  readonly reserved?: boolean;
  /** Given back by a line of code, not by an end: a body may do that beside a wait of its own. */
  readonly explicit?: boolean;
}

export interface Limit {
  readonly limit: number;
  readonly held: readonly Holding[];
}

/** Who waits for what. A party goes on when one of its waits is over; one without waits goes on now. */
export interface WaitGraph {
  readonly parties: ReadonlyMap<Party, readonly Wait[]>;
  readonly limits: ReadonlyMap<string, Limit>;
}

const holdsAgainst = (need: Extract<Need, { kind: 'slots' }>, stuck: ReadonlySet<Party>, { held }: Limit): readonly Holding[] =>
  held.filter(({ by, reserved }) => stuck.has(by) && (need.claim || !reserved));

/** A limit that would refuse even if nobody held a slot waits for a person, and is not a circle. */
export function holdersInTheWay(graph: WaitGraph, stuck: ReadonlySet<Party>, need: Need): readonly Party[] {
  if (need.kind === 'end') return stuck.has(need.of) ? [need.of] : [];
  if (need.kind === 'any') {
    const each = need.limits.map((limit) => holdersInTheWay(graph, stuck, { kind: 'slots', limit, slots: 1, claim: true }));
    return each.every((holders) => holders.length > 0) ? each.flat() : [];
  }
  const limit = graph.limits.get(need.limit);
  if (!limit || limit.limit < need.slots) return [];
  const holding = holdsAgainst(need, stuck, limit);
  const kept = holding.reduce((sum, { slots }) => sum + slots, 0);
  return kept + need.slots > limit.limit ? holding.map(({ by }) => by) : [];
}

/**
 * Those who can never go on, however the others end. Everybody who waits is taken to be stuck first; who can go on, and will give
 * back all slots, is struck out until nothing changes.
 */
export function stuckParties(graph: WaitGraph, freed: ReadonlySet<Party>): Set<Party> {
  const stuck = new Set([...graph.parties.keys()].filter((party) => !freed.has(party) && (graph.parties.get(party)?.length ?? 0) > 0));
  const goesOn = (party: Party) =>
    graph.parties.get(party)?.some(({ needs }) => needs.every((need) => holdersInTheWay(graph, stuck, need).length === 0));
  for (let before = -1; before !== stuck.size; ) {
    before = stuck.size;
    for (const party of stuck) if (goesOn(party)) stuck.delete(party);
  }
  return stuck;
}
