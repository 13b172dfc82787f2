import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCircles } from './circles.ts';
import { type Limit, type Need, type Party, stuckParties, type Wait, type WaitGraph } from './wait-graph.ts';

const PARTIES = ['a', 'b', 'c', 'd', 'e', 'f'];
const LIMITS = ['x', 'y', 'z'];

const need: fc.Arbitrary<Need> = fc.oneof(
  fc.record({ kind: fc.constant('end' as const), of: fc.constantFrom(...PARTIES, 'elsewhere') }),
  fc.record({
    kind: fc.constant('slots' as const),
    limit: fc.constantFrom(...LIMITS, 'unlimited'),
    slots: fc.integer({ min: 1, max: 2 }),
    claim: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('any' as const), limits: fc.uniqueArray(fc.constantFrom(...LIMITS), { minLength: 1 }) }),
);
const wait = fc.array(need, { minLength: 1, maxLength: 3 });
const holding = fc.record({ by: fc.constantFrom(...PARTIES), slots: fc.integer({ min: 1, max: 2 }), reserved: fc.boolean() });
const limit = fc.record({ limit: fc.integer({ min: 0, max: 3 }), held: fc.array(holding, { maxLength: 3 }) });

const graph: fc.Arbitrary<WaitGraph> = fc
  .record({
    waits: fc.array(fc.array(wait, { maxLength: 2 }), { minLength: 6, maxLength: 6 }),
    limits: fc.array(limit, { minLength: 3, maxLength: 3 }),
  })
  .map(({ waits, limits }) => ({
    parties: new Map(
      PARTIES.map((party, at) => [
        party,
        (waits[at] ?? []).map((needs, nth): Wait => ({ needs, ended: { id: `${party}${nth}`, what: nth ? 'slots' : 'runs', since: at } })),
      ]),
    ),
    limits: new Map(LIMITS.map((name, at) => [name, limits[at] as Limit])),
  }));

/** Plays it: whoever has what it waits for takes it, ends and gives everything back, in every order. Returns all who ended in one of them. */
function play({ parties, limits }: WaitGraph, gone: readonly Party[] = []): Set<Party> {
  const everEnded = new Set<Party>(gone);
  const seen = new Set<string>();
  const free = (name: string, alive: ReadonlySet<Party>, claim: boolean) => {
    const { limit, held } = limits.get(name) as Limit;
    let left = limit;
    for (const { by, slots, reserved } of held) if (alive.has(by) && (claim || !reserved)) left -= slots;
    return left;
  };
  const has = (need: Need, alive: ReadonlySet<Party>): boolean => {
    if (need.kind === 'end') return !alive.has(need.of);
    if (need.kind === 'any') return need.limits.some((name) => has({ kind: 'slots', limit: name, slots: 1, claim: true }, alive));
    const total = limits.get(need.limit)?.limit;
    // A person may raise it, or there is none.
    return total === undefined || total < need.slots || free(need.limit, alive, need.claim) >= need.slots;
  };
  const visit = (alive: ReadonlySet<Party>) => {
    const key = [...alive].join();
    if (seen.has(key)) return;
    seen.add(key);
    for (const party of alive) {
      const waits = parties.get(party) ?? [];
      if (waits.length > 0 && !waits.some(({ needs }) => needs.every((each) => has(each, alive)))) continue;
      everEnded.add(party);
      visit(new Set([...alive].filter((other) => other !== party)));
    }
  };
  visit(new Set(PARTIES.filter((party) => !gone.includes(party))));
  return everEnded;
}

test('who is stuck is who ends in no order of events', () => {
  fc.assert(
    fc.property(graph, (given) => {
      const ended = play(given);
      expect([...stuckParties(given, new Set())].sort()).toEqual(PARTIES.filter((party) => !ended.has(party)));
    }),
    { numRuns: 1000 },
  );
});

test('every circle is told to one who is in it, and when all who are told give up everybody ends', () => {
  fc.assert(
    fc.property(graph, (given) => {
      const circles = findCircles(given);
      const told: Party[] = [];
      for (const { party, links } of circles) {
        expect(play(given, told).has(party), 'nobody who would go on is told').toBe(false);
        expect([links[0]?.party, links.at(-1)?.next]).toEqual([party, party]);
        for (const [at, link] of links.entries()) if (at > 0) expect(link.party).toBe(links[at - 1]?.next);
        told.push(party);
      }
      expect(play(given, told).size).toBe(PARTIES.length);
    }),
    { numRuns: 1000 },
  );
});
