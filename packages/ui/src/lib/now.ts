import { useSyncExternalStore } from 'react';

/** The clock that all times of the pages are shown by: one timer for all, none while nobody looks. */
const TICK_MS = 1000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (document.hidden) return;
  now = Date.now();
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  // Nobody has looked for a while, so nobody has moved it.
  if (listeners.size === 0) now = Date.now();
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds, a new value each second. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
