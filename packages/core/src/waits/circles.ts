import { holdersInTheWay, type Need, type Party, stuckParties, type Wait, type WaitGraph } from './wait-graph.ts';

/** One link of a circle: who waits, for what, and who is in the way. */
export interface Link {
  readonly party: Party;
  readonly need: Need;
  readonly next: Party;
}

export interface Circle {
  /** Who is told, and the wait of it that is to end. */
  readonly party: Party;
  readonly ended: NonNullable<Wait['ended']>;
  /** From `party` back to it. */
  readonly links: readonly Link[];
  /** Whether a slot of it may be given back by code that runs beside the wait: to be believed only when it lasts. */
  readonly explicit: boolean;
}

interface Candidate {
  readonly party: Party;
  readonly ended: NonNullable<Wait['ended']>;
}

/**
 * All circles of waiting. Of each the newest wait is named that would end it: one for flow runs before one for slots, since its end
 * gives back what others queue for, while those have done nothing wrong. A wait for a circle from outside is left alone.
 */
export function findCircles(graph: WaitGraph): Circle[] {
  const freed = new Set<Party>();
  const circles: Circle[] = [];
  for (;;) {
    const circle = newestCircle(graph, stuckParties(graph, freed));
    if (!circle) return circles;
    circles.push(circle);
    freed.add(circle.party);
  }
}

function newestCircle(graph: WaitGraph, stuck: ReadonlySet<Party>): Circle | undefined {
  const candidates = [...stuck].flatMap((party): Candidate[] =>
    (graph.parties.get(party) ?? []).flatMap(({ ended }) => (ended ? [{ party, ended }] : [])),
  );
  const order = ({ ended: { what } }: Candidate) => (what === 'runs' ? 0 : 1);
  candidates.sort((a, b) => order(a) - order(b) || b.ended.since - a.ended.since);
  for (const { party, ended } of candidates) {
    const links = wayBack(graph, stuck, party, ended);
    if (links) return { party, ended, links, explicit: links.some((link) => isExplicit(graph, link)) };
  }
  return undefined;
}

const linksOf = (graph: WaitGraph, stuck: ReadonlySet<Party>, party: Party, waits: readonly Wait[]): Link[] =>
  waits.flatMap(({ needs }) => needs.flatMap((need) => holdersInTheWay(graph, stuck, need).map((next): Link => ({ party, need, next }))));

/** The shortest way from this wait back to who waits. */
function wayBack(graph: WaitGraph, stuck: ReadonlySet<Party>, start: Party, { id }: Candidate['ended']): Link[] | undefined {
  const waitsOf = (party: Party) => graph.parties.get(party) ?? [];
  const cameBy = new Map<Party, Link>();
  let front = linksOf(
    graph,
    stuck,
    start,
    waitsOf(start).filter(({ ended }) => ended?.id === id),
  );
  while (front.length > 0) {
    const reached: Party[] = [];
    for (const link of front) {
      if (cameBy.has(link.next)) continue;
      cameBy.set(link.next, link);
      reached.push(link.next);
    }
    if (cameBy.has(start)) return trace(cameBy, start);
    front = reached.flatMap((party) => linksOf(graph, stuck, party, waitsOf(party)));
  }
  return undefined;
}

function trace(cameBy: ReadonlyMap<Party, Link>, start: Party): Link[] {
  const links: Link[] = [];
  for (let party = start; links.length === 0 || party !== start; ) {
    const link = cameBy.get(party) as Link;
    links.unshift(link);
    party = link.party;
  }
  return links;
}

function isExplicit({ limits }: WaitGraph, { need, next }: Link): boolean {
  if (need.kind !== 'slots') return false;
  return limits.get(need.limit)?.held.some(({ by, explicit }) => by === next && explicit) ?? false;
}
