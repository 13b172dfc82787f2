/** As DuckDB tells names apart: it folds the letters of ASCII only. */
export const foldName = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The name itself, or the first of `name_2`, `name_3` … that is neither taken nor the name of another. Notes what it gives as taken. */
export function freeName(name: string, taken: Set<string>, all: readonly string[]): string {
  let free = name;
  for (let number = 2; taken.has(foldName(free)); number++) {
    const next = `${name}_${number}`;
    free = all.some((other) => foldName(other) === foldName(next)) ? name : next;
  }
  taken.add(foldName(free));
  return free;
}
