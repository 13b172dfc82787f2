import type { Event } from '../model/event.ts';

/** What labels a resource must have: patterns with `*` and `?`, of which one must fit; with a `!` before it, one that must not. */
export type ResourceSpecification = { readonly [label: string]: string | readonly string[] };

/** Whether a text fits a pattern of `*`, `?` and plain characters, in time that grows with the product of their lengths at most. */
export function fitsPattern(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

const fits = (pattern: string, value: string): boolean =>
  pattern.startsWith('!') ? !fitsPattern(pattern.slice(1), value) : fitsPattern(pattern, value);

/** A label that is not there fits nothing, whatever the pattern: Prefect 3's rule. */
export function matchesResource(specification: ResourceSpecification, resource: Event['resource']): boolean {
  return Object.entries(specification).every(([label, wanted]) => {
    const value = resource[label];
    return value != null && [wanted].flat().some((pattern) => fits(pattern as string, value));
  });
}
