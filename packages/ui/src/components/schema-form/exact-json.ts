/** What a person has typed as JSON, or a sentence that says what is wrong with it. */
export type JsonReading = { readonly value: unknown } | { readonly fault: string };

const WHOLE = /^-?\d+$/;
const lost = (digits: string) => `This page cannot keep all digits of the number ${digits}. Pass it as text, in quotes, if the flow takes that.`;

/** Reads JSON. A number that would lose digits is a fault: it would be another one. */
export function readJson(text: string): JsonReading {
  let fault: string | undefined;
  const keep = (_name: string, value: unknown, { source }: { source?: string } = {}): unknown => {
    if (typeof value !== 'number' || source === undefined) return value;
    if (!Number.isFinite(value) || (WHOLE.test(source) && BigInt(source) !== BigInt(value))) fault ??= lost(source);
    return value;
  };
  try {
    const value: unknown = JSON.parse(text, keep as (name: string, value: unknown) => unknown);
    return fault === undefined ? { value } : { fault };
  } catch (error) {
    return { fault: `This is not JSON: ${(error as Error).message}` };
  }
}

/** A sentence when a value holds a whole number that may have lost digits on its way through a field. */
export function inexactFault(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) > 2 ** 53 - 1 ? lost(String(value)) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value)
    .map(inexactFault)
    .find((fault) => fault !== undefined);
}

/** Without what nobody has filled in: undefined, and objects in which there is nothing else. */
export function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value)
    .map(([name, inner]) => [name, withoutEmpty(inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
