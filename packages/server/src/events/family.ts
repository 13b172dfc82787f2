import type { Sql } from '../db/database.ts';
import { readInside } from '../store/children.ts';
import type { AnyEvent } from './recent.ts';

/** Runs of elsewhere that are kept in mind; more are forgotten, and looked up again. */
const MOST_OTHERS = 10_000;

/** A flow run with all that run in it, however deep: which events are of it. A run is looked up once, when the first is told of it. */
export class Family {
  readonly #sql: Sql;
  readonly #root: string;
  readonly #isInside = new Map<string, boolean>();

  constructor(sql: Sql, root: string) {
    this.#sql = sql;
    this.#root = root;
  }

  has = (id: string | null): boolean => id === this.#root || (id !== null && this.#isInside.get(id) === true);

  /** Looks up the runs of these events that were not met before. */
  async meet(events: readonly AnyEvent[]): Promise<void> {
    const ids = new Set(events.flatMap(({ flow_run_id: id }) => (id === null || id === this.#root || this.#isInside.has(id) ? [] : [id])));
    if (ids.size === 0) return;
    if (this.#isInside.size > MOST_OTHERS) for (const [id, isInside] of this.#isInside) if (!isInside) this.#isInside.delete(id);
    const inside = new Set(await readInside(this.#sql, this.#root, ids));
    for (const id of ids) this.#isInside.set(id, inside.has(id));
  }
}
