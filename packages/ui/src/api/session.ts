import { useSyncExternalStore } from 'react';

/** What the server asked for, kept for this tab alone: never in the address, never beyond the session. */
const KEY = 'sluice.authorization';
let authorization = sessionStorage.getItem(KEY) ?? '';
let locked = false;
let why = '';
const listeners = new Set<() => void>();
const keyListeners = new Set<() => void>();

const tell = () => {
  for (const listener of listeners) listener();
};

/** The header by which requests are let in; empty for a server that asks for nothing. */
export const authorizationHeader = (): Record<string, string> => (authorization ? { authorization } : {});

/** A key, or `user:password` for basic auth. */
export function signIn(secret: string, by: 'key' | 'basic'): void {
  const bytes = new TextEncoder().encode(secret);
  authorization = by === 'key' ? `Bearer ${secret}` : `Basic ${btoa(String.fromCharCode(...bytes))}`;
  sessionStorage.setItem(KEY, authorization);
  locked = false;
  tell();
  for (const listener of keyListeners) listener();
}

export function signOut(): void {
  authorization = '';
  sessionStorage.removeItem(KEY);
  lock('');
}

/** The server wants a key, or another one; `reason` in its words. */
export function lock(reason: string): void {
  const hadKey = authorization !== '';
  locked = true;
  why = hadKey ? reason : '';
  tell();
}

export const hasKey = (): boolean => authorization !== '';

/** By what this session was let in. */
export const signedInBy = (): 'key' | 'basic' | 'none' => (authorization ? (authorization.startsWith('Basic ') ? 'basic' : 'key') : 'none');

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useIsLocked = (): boolean => useSyncExternalStore(subscribe, () => locked);
export const useLockReason = (): string => useSyncExternalStore(subscribe, () => why);
/** There is another key from now on. */
export const onKey = (listener: () => void): void => void keyListeners.add(listener);
