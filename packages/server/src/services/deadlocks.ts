import { SluiceError } from '@sluice/core/errors/sluice-error';
import { circleInWords } from '@sluice/core/waits/circle-words';
import { type Circle, findCircles } from '@sluice/core/waits/circles';
import { toWaitGraph, type WaitFacts } from '@sluice/core/waits/wait-facts';
import type { Database } from '../db/database.ts';
import type { SlotKeeper } from '../dispatch/slots.ts';
import type { WaitNotes } from '../dispatch/wait-notes.ts';
import type { Waiting } from '../dispatch/waiting.ts';
import { isAnybodyWaiting, lockWaitSearch, readNames, readWaitFacts } from '../store/wait-facts.ts';
import type { Service } from './service.ts';

interface Deps {
  readonly database: Database;
  readonly notes: WaitNotes;
  readonly waiting: Waiting;
  readonly slots: SlotKeeper;
  readonly everySeconds: number;
}

/** A circle counts when it is seen twice: a slot may be on its way. A circle over slots that a line of code gives back has to last longer. */
const LOOKS = 2;
const LOOKS_WHEN_DOUBTFUL = 5;

/**
 * Ends waits that can never end: of each circle of waiting the newest wait fails, with the circle in words. All servers of a
 * database see the same circles, one after the other, and each ends the waits that came to it: what one has ended the next does not see.
 */
export function createDeadlocks({ database, notes, waiting, slots, everySeconds }: Deps): Service {
  const { sql } = database;
  let seen = new Map<string, number>();

  /** How often each circle has been seen, one look after the other. */
  function look(circles: readonly Circle[]): Circle[] {
    const keys = new Map(
      circles.map((circle) => [
        circle,
        circle.links
          .map(({ party }) => party)
          .sort()
          .join(),
      ]),
    );
    seen = new Map([...keys.values()].map((key) => [key, (seen.get(key) ?? 0) + 1]));
    const enough = ({ explicit }: Circle) => (explicit ? LOOKS_WHEN_DOUBTFUL : LOOKS);
    return circles.filter((circle) => (seen.get(keys.get(circle) as string) ?? 0) >= enough(circle));
  }

  async function tell(circle: Circle, facts: WaitFacts): Promise<boolean> {
    const { id } = circle.ended;
    const error = await toError(circle, facts);
    if (id.startsWith('lent ')) return waiting.fail(id.slice('lent '.length), error);
    return notes.fail(id, error) || slots.fail(id, error);
  }

  async function toError(circle: Circle, facts: WaitFacts): Promise<SluiceError> {
    const words = circleInWords(circle, facts, await readNames(sql, idsOf(circle, facts)));
    // Only what waits for this run is over: others of its process may go on.
    const awaited = circle.links[0]?.need;
    const run = awaited?.kind === 'end' && awaited.of.startsWith('run ') ? awaited.of.slice('run '.length) : undefined;
    return new SluiceError('WAIT_DEADLOCK', words.message, { hint: words.hint, ...(run && { details: { flow_runs: [run] } }) });
  }

  return {
    name: 'deadlocks',
    everySeconds,
    tick: async () => {
      await notes.flush();
      if (!(await isAnybodyWaiting(sql))) {
        seen.clear();
        return { ended: 0 };
      }
      return database.transaction(async (tx) => {
        await lockWaitSearch(tx);
        const facts = await readWaitFacts(tx);
        const told = await Promise.all(look(findCircles(toWaitGraph(facts))).map((circle) => tell(circle, facts)));
        await notes.flush();
        return { ended: told.filter(Boolean).length };
      });
    },
  };
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Ids of everything that the words may name. */
function idsOf({ links }: Circle, { waits }: WaitFacts): Set<string> {
  const parties = new Set(links.flatMap(({ party, need, next }) => [party, next, need.kind === 'slots' ? need.limit : '']));
  const around = waits.filter(({ id, within }) => parties.has(`request ${id}`) || within.some((party) => parties.has(party)));
  return new Set([...parties, ...around.flatMap(({ within }) => within)].flatMap((text) => text.match(UUID) ?? []));
}
