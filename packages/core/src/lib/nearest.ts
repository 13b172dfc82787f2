/** Edits that turn one text into the other: a letter put in, taken out, or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

const LONGEST = 100;

/** The names that may have been meant, the nearest first: at most a third of the letters differ, or one holds the other. */
export function nearest(name: string, candidates: readonly string[], count = 3): string[] {
  const wanted = name.toLowerCase();
  if (wanted.length < 2 || wanted.length > LONGEST) return [];
  const rank = (candidate: string) => {
    const other = candidate.toLowerCase().slice(0, LONGEST);
    const edits = distance(wanted, other);
    if (edits <= Math.max(1, Math.floor(Math.max(wanted.length, other.length) / 3))) return edits;
    return other.includes(wanted) || wanted.includes(other) ? LONGEST + edits : Number.POSITIVE_INFINITY;
  };
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, rank: rank(candidate) }))
    .filter((each) => each.rank < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}
