import { monotonicMs } from '@sluice/client';
import { endsAtMs, type Overdue } from '@sluice/core/process/end-overdue';

interface Deadline extends Overdue {
  readonly at_ms: number | null;
  readonly is_run: boolean;
}

const LOOK_MS = 250;

/** Deadlines of a flow process, kept outside of it: one that blocks its event loop cannot keep them. */
export class Deadlines {
  readonly #ends = new Map<number, Overdue & { readonly atMs: number }>();
  readonly #graceSeconds: number;
  readonly #onOverdue: (overdue: Overdue) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(graceSeconds: number, onOverdue: (overdue: Overdue) => void) {
    this.#graceSeconds = graceSeconds;
    this.#onOverdue = onOverdue;
  }

  set(id: number, { at_ms, message, is_run, task_run_id }: Deadline): void {
    this.#ends.delete(id);
    if (at_ms !== null) this.#ends.set(id, { atMs: endsAtMs({ at_ms, is_run }, this.#graceSeconds), message, task_run_id });
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
