/** Figures of the last minutes, such as how long requests took: counts in steps, so that no figure itself is kept. */
export interface Figures {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly most: number;
}

const MINUTES = 5;
const MINUTE_MS = 60_000;
/** From one step to the next it is a fifth more: so exact is what is read. */
const GROWTH = 1.2;
const FIRST = 0.1;
/** Up to an hour, of milliseconds. */
const STEPS = 96;

interface Minute {
  minute: number;
  most: number;
  readonly counts: Uint32Array;
}

const stepOf = (figure: number) => Math.min(STEPS - 1, Math.max(0, Math.ceil(Math.log(figure / FIRST) / Math.log(GROWTH))));

/** Of a fixed size, whatever comes. */
export class RecentFigures {
  readonly #minutes: Minute[] = Array.from({ length: MINUTES }, () => ({ minute: -1, most: 0, counts: new Uint32Array(STEPS) }));

  /** `now` is a monotonic clock's, in milliseconds. */
  note(figure: number, now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    const slot = this.#minutes[minute % MINUTES] as Minute;
    if (slot.minute !== minute) {
      slot.minute = minute;
      slot.most = 0;
      slot.counts.fill(0);
    }
    const step = stepOf(figure);
    slot.counts[step] = (slot.counts[step] as number) + 1;
    slot.most = Math.max(slot.most, figure);
  }

  /** Null when there was nothing. */
  read(now: number): Figures | null {
    const oldest = Math.floor(now / MINUTE_MS) - MINUTES;
    const recent = this.#minutes.filter(({ minute }) => minute > oldest);
    const totals = Array.from({ length: STEPS }, (_, step) => recent.reduce((sum, { counts }) => sum + (counts[step] as number), 0));
    const count = totals.reduce((sum, each) => sum + each, 0);
    if (count === 0) return null;
    const most = Math.max(...recent.map((minute) => minute.most));
    /** The end of the step that so large a part of the figures does not exceed. */
    const quantile = (part: number) => {
      let step = 0;
      for (let passed = totals[0] as number; passed < Math.ceil(count * part); passed += totals[step] as number) step++;
      return Math.min(most, FIRST * GROWTH ** step);
    };
    return { count, p50: quantile(0.5), p95: quantile(0.95), most };
  }
}
