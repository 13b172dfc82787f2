export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON with sorted keys: equal values give equal texts, whatever the order they were written in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/**
 * Whether JSON holds this value exactly: it reads back as it is, but for what two places share. No undefined, no -0, no holes, no
 * class, and no text or depth that cannot be stored.
 */
export function isPlainJson(value: unknown, maxDepth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' || value === null;
  if (maxDepth === 0) return false;
  const keys = Reflect.ownKeys(value);
  if (Array.isArray(value)) {
    // One key an element, and the length's own.
    return (
      Object.getPrototypeOf(value) === Array.prototype && keys.length === value.length + 1 && value.every((inner) => isPlainJson(inner, maxDepth - 1))
    );
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return keys.every((key) => isPlainKey(value, key) && isPlainJson(Reflect.get(value, key), maxDepth - 1));
}

const isPlainKey = (value: object, key: string | symbol): boolean =>
  key !== '__proto__' && isPlainJson(key, 0) && Object.prototype.propertyIsEnumerable.call(value, key);

/** What makes a value unfit to be stored, in words; undefined when nothing does. PostgreSQL takes no NUL and no lone surrogate in text. */
export function jsonFault(value: unknown, maxDepth: number): string | undefined {
  const textFault = (text: string) =>
    text.includes('\0') ? 'holds a NUL character' : text.isWellFormed() ? undefined : 'holds half of a surrogate pair';
  // A key that would change the prototype of whatever the value is merged into.
  const keyFault = (key: string) => (key === '__proto__' ? 'has the key "__proto__", which is not allowed' : textFault(key));
  const visit = (inner: unknown, depth: number): string | undefined => {
    if (typeof inner === 'string') return textFault(inner);
    if (typeof inner !== 'object' || inner === null) return undefined;
    if (depth >= maxDepth) return `is nested more than ${maxDepth} levels deep`;
    for (const [key, child] of Object.entries(inner)) {
      const fault = (Array.isArray(inner) ? undefined : keyFault(key)) ?? visit(child, depth + 1);
      if (fault) return fault;
    }
    return undefined;
  };
  return visit(value, 0);
}
