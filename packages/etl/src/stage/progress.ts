import type { StepContext } from '../model.ts';

const PROGRESS_MS = 250;

/** Tells how many rows are read a few times a second, however often it is asked to. */
export function tellRows({ progress }: StepContext, total: number | null): (rows: number) => void {
  let last = 0;
  return (rows) => {
    const now = performance.now();
    if (now - last < PROGRESS_MS) return;
    last = now;
    progress({ done: rows, total, label: 'rows' });
  };
}
