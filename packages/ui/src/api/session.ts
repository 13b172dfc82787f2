import type { SluiceError } from '@sluice/core/errors/sluice-error';
import { useSyncExternalStore } from 'react';

/** By a key, or by a user and a password. */
export type WayIn = 'key' | 'basic';

/** Why a person is asked to sign in. */
export interface Lock {
  /** In the server's words; nothing while nobody has tried. */
  readonly reason: string;
  /** What the server asks for; one of them will do. */
  readonly ways: readonly WayIn[];
}

const BOTH: readonly WayIn[] = ['key', 'basic'];

/** What the server asked for, kept for this tab alone: never in the address, never beyond the session. */
const KEY = 'sluice.authorization';
let authorization = sessionStorage.getItem(KEY) ?? '';
let lockedBy: Lock | undefined;
let lastWays = BOTH;
const listeners = new Set<() => void>();
const keyListeners = new Set<() => void>();

const tell = () => {
  for (const listener of listeners) listener();
};

/** The header by which requests are let in; empty for a server that asks for nothing. */
export const authorizationHeader = (): Record<string, string> => (authorization ? { authorization } : {});

/** The header of a key, or of `user:password`. */
export function authorizationOf(secret: string, by: WayIn): string {
  if (by === 'key') return `Bearer ${secret}`;
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(secret)))}`;
}

/** From here on requests have this header, as long as the session lasts. */
export function signIn(header: string): void {
  authorization = header;
  sessionStorage.setItem(KEY, authorization);
  lockedBy = undefined;
  tell();
  for (const listener of keyListeners) listener();
}

export function signOut(): void {
  authorization = '';
  sessionStorage.removeItem(KEY);
  lockedBy = { reason: '', ways: lastWays };
  tell();
}

/** The server wants a key, or another one. */
export function lock({ message, details }: Pick<SluiceError, 'message' | 'details'>): void {
  const asked = Array.isArray(details) ? BOTH.filter((way) => details.includes(way)) : [];
  lastWays = asked.length > 0 ? asked : BOTH;
  lockedBy = { reason: authorization || asked.length === 0 ? message : '', ways: lastWays };
  tell();
}

export const hasKey = (): boolean => authorization !== '';

/** By what this session was let in. */
export const signedInBy = (): WayIn | 'none' => (authorization ? (authorization.startsWith('Basic ') ? 'basic' : 'key') : 'none');

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Undefined while the server lets this session in. */
export const useLock = (): Lock | undefined => useSyncExternalStore(subscribe, () => lockedBy);
/** There is another key from now on. */
export const onKey = (listener: () => void): void => void keyListeners.add(listener);
