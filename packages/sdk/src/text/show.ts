import { inspect } from 'node:util';
import { safeText } from '@sluice/core/text/safe-text';

const OPTIONS = { depth: 4, breakLength: Number.POSITIVE_INFINITY, compact: 3, maxArrayLength: 50, maxStringLength: 4000 } as const;
const SHOWN_BYTES = 8192;

/** The outcome of code of the user's that is asked only to tell about a value: what it throws is nothing to fail by. */
export function tryTo<T, E>(work: () => T, otherwise: E): T | E {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

/** Whether what was thrown is such an error. A proxy may fail when it is asked. */
export const isA = <T>(thrown: unknown, type: abstract new (...args: never[]) => T): thrown is T => tryTo(() => thrown instanceof type, false);

/** Any value as a text for people. Never fails, whatever its getters, its proxy or its own inspection do. */
export function show(value: unknown, maxBytes = SHOWN_BYTES): string {
  const plain = () => tryTo(() => inspect(value, { ...OPTIONS, customInspect: false }), undefined);
  const shown = tryTo(() => inspect(value, OPTIONS), undefined) ?? plain() ?? `a value that cannot be shown (${typeof value})`;
  return safeText(shown, maxBytes);
}

/** A text as it is, and any other value as it is shown. */
export const asText = (value: unknown, maxBytes?: number): string =>
  typeof value === 'string' ? safeText(value, maxBytes ?? SHOWN_BYTES) : show(value, maxBytes);
