import { useSyncExternalStore } from 'react';
import type { TimeStyle } from './format.ts';

/** What a person has chosen for this browser. */
interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly time: TimeStyle;
  /** Whether the pages' list is narrow. */
  readonly narrow: boolean;
  /** Whether long log lines go on in the next row. */
  readonly wrap: boolean;
}

const DEFAULTS: Preferences = { theme: 'system', time: 'relative', narrow: false, wrap: true };
const KEY = 'sluice.preferences';

function read(): Preferences {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return DEFAULTS; // a browser that keeps nothing, or keeps what is not ours
  }
}

let current = read();
const listeners = new Set<() => void>();

/** The theme is an attribute of the root, which the palette reads. */
export function applyTheme(): void {
  const { theme } = current;
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function setPreference<K extends keyof Preferences>(key: K, value: Preferences[K]): void {
  current = { ...current, [key]: value };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {} // it holds until the page is closed
  applyTheme();
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, () => current);
