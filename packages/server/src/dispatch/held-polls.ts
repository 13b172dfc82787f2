import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from '../db/database.ts';
import type { NewsDesk } from '../events/news.ts';
import { listScheduled, type Wanted } from '../store/candidates.ts';
import { type JsonText, textOf } from '../store/records.ts';
import { countPollingWorkers } from '../store/workers.ts';

/**
 * Polls of Prefect's workers that find nothing. Such a worker asks every 10 s, and a run that is made in between would wait for it; so a
 * poll is kept open until there is a run. There are no more of them than workers that poll: somebody who asks by hand is answered at once.
 */
export interface HeldPolls {
  /** The runs that are due in a pool, as a JSON array, as soon as there are any; none after a while, or when `signal` ends the wait. */
  poll(poolId: string, wanted: Wanted, signal: AbortSignal): Promise<JsonText>;
  /** How many are kept open. */
  waiting(): number;
}

/** Clients and proxies give a request up after 60 s, and a queue counts as polled for so long. */
const HOLD_MS = 20_000;
/** Runs that are made one after the other are given together: after its answer a worker does not listen for 10 s. */
const GATHER_MS = 200;
/** Workers ask for what is due within seconds; who asks for more looks ahead. */
const AHEAD_MS = 60_000;
/** For what comes by the clock alone. */
const LOOK_MS = 1000;
/** What one poll was given is kept from the others: by then its worker has taken it, or has no room for it. */
const TAKE_MS = 2000;

interface Poll {
  readonly wanted: Wanted;
  readonly since: number;
  readonly answer: (json: string) => void;
}

/** The polls of a pool, the longest waiting first. */
class Line {
  readonly polls = new Set<Poll>();
  /** Runs that a poll was given, and until when they are kept from the others. */
  readonly given = new Map<string, number>();
  news = Promise.withResolvers<void>();
}

interface Deps {
  readonly sql: Sql;
  readonly desk: NewsDesk;
  readonly holdMs?: number;
  readonly takeMs?: number;
}

export function createHeldPolls({ sql, desk, holdMs = HOLD_MS, takeMs = TAKE_MS }: Deps): HeldPolls {
  const lines = new Map<string, Line>();
  const now = () => performance.now();
  desk.subscribe(({ claimable }) => {
    if (claimable) for (const { news } of lines.values()) news.resolve();
  });

  /** Each poll gets runs of its own. Where there are none for one, there are none for those that ask for the same. */
  async function serve(poolId: string, line: Line): Promise<void> {
    const inVain = new Set<string>();
    for (const poll of line.polls) {
      const { queues, after, except } = poll.wanted;
      const what = JSON.stringify([queues, after, except]);
      if (inVain.has(what)) continue;
      const json = await textOf(await listScheduled(sql, poolId, { ...movedOn(poll.wanted, now() - poll.since), without: keptOf(line) }));
      if (json === '[]') inVain.add(what);
      else if (line.polls.has(poll)) {
        for (const { flow_run } of JSON.parse(json) as { flow_run: { id: string } }[]) line.given.set(flow_run.id, now() + takeMs);
        poll.answer(json);
      }
    }
  }

  function keptOf({ given }: Line): string[] {
    for (const [id, until] of given) if (until < now()) given.delete(id);
    return [...given.keys()];
  }

  async function keep(poolId: string, line: Line): Promise<void> {
    while (line.polls.size > 0) {
      line.news = Promise.withResolvers();
      await serve(poolId, line).catch(() => {}); // the database is away: it is asked again
      for (const poll of line.polls) if (now() - poll.since > holdMs) poll.answer('[]');
      if (line.polls.size === 0) break;
      const look = new AbortController();
      await Promise.race([pause(Math.min(LOOK_MS, holdMs), undefined, { signal: look.signal }), line.news.promise.then(() => pause(GATHER_MS))]);
      look.abort();
    }
    lines.delete(poolId);
  }

  async function hold(poolId: string, wanted: Wanted, signal: AbortSignal): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const line = lines.get(poolId) ?? new Line();
    const poll: Poll = {
      wanted,
      since: now(),
      answer: (json) => {
        line.polls.delete(poll);
        signal.removeEventListener('abort', leave);
        resolve(json);
      },
    };
    const leave = () => {
      poll.answer('[]');
      line.news.resolve();
    };
    line.polls.add(poll);
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
    line.news.resolve(); // a run may have been made since it looked
    if (lines.has(poolId)) return promise;
    lines.set(poolId, line);
    void keep(poolId, line);
    return promise;
  }

  return {
    poll: async (poolId, wanted, signal) => {
      const json = await listScheduled(sql, poolId, wanted);
      if (json !== '[]' || !isOfWorker(wanted)) return json;
      if ((await countPollingWorkers(sql, poolId)) <= (lines.get(poolId)?.polls.size ?? 0)) return json;
      return hold(poolId, wanted, signal);
    },
    waiting: () => [...lines.values()].reduce((sum, { polls }) => sum + polls.size, 0),
  };
}

const isOfWorker = ({ before }: Wanted): boolean => before !== null && Date.parse(before) < Date.now() + AHEAD_MS;

/** What was wanted so many milliseconds ago. */
function movedOn(wanted: Wanted, ms: number): Wanted {
  return { ...wanted, before: wanted.before && new Date(Date.parse(wanted.before) + ms).toISOString() };
}
