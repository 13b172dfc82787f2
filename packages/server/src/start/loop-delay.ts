import { type Figures, RecentFigures } from '../lib/recent-figures.ts';

/** Often enough that what blocks the loop for longer is never missed; so rare that it costs nothing. */
const EVERY_MS = 250;

/** Measures how late timers come. */
export function watchLoopDelay(clock: () => number): { read(): Figures | null; stop(): void } {
  const figures = new RecentFigures();
  let due = clock() + EVERY_MS;
  const timer = setInterval(() => {
    const now = clock();
    figures.note(Math.max(0, now - due), now);
    due = now + EVERY_MS;
  }, EVERY_MS).unref();
  return { read: () => figures.read(clock()), stop: () => clearInterval(timer) };
}
