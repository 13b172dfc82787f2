import { monotonicMs } from '@sluice/client';

/** Whose deadline is over: what is said of it, and the task run, when it may be tried again. */
export interface Overdue {
  readonly message: string;
  readonly task_run_id?: string | undefined;
}

interface Deadline extends Overdue {
  readonly at_ms: number | null;
  readonly is_run: boolean;
}

/** A process that turns has kept the deadline itself by then. */
const RUN_GRACE_MS = 1000;
const LOOK_MS = 250;

/**
 * Deadlines of a flow process, kept outside of it: one that never turns cannot keep them. Of a run nothing goes on after its own. Of
 * one of a task it may hear, and go on: it is given the time in which a cancelled run has to stop.
 */
export class Deadlines {
  readonly #ends = new Map<number, Overdue & { readonly atMs: number }>();
  readonly #graceMs: number;
  readonly #onOverdue: (overdue: Overdue) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(graceSeconds: number, onOverdue: (overdue: Overdue) => void) {
    this.#graceMs = Math.max(RUN_GRACE_MS, graceSeconds * 1000);
    this.#onOverdue = onOverdue;
  }

  set(id: number, { at_ms, message, is_run, task_run_id }: Deadline): void {
    this.#ends.delete(id);
    if (at_ms !== null) this.#ends.set(id, { atMs: at_ms + (is_run ? RUN_GRACE_MS : this.#graceMs), message, task_run_id });
    if (this.#ends.size === 0) this.clear();
    else this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  clear(): void {
    this.#ends.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const now = monotonicMs();
    const over = [...this.#ends.values()].find(({ atMs }) => now > atMs);
    if (over) this.#onOverdue(over);
  }
}
