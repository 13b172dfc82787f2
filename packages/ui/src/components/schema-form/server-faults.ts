import type { SchemaFault } from './fault-words.ts';

const REQUIRED = / must have required property '(.*)'$/;

/**
 * The server's sentences, each at the field that it names: `read.csv.skip must be integer`. One that names none of `names` is at the
 * form itself.
 */
export function placeFaults(sentences: readonly string[], names: readonly string[]): readonly SchemaFault[] {
  const longestFirst = names.toSorted((a, b) => b.length - a.length);
  return sentences.map((words) => {
    const missing = REQUIRED.exec(words)?.[1];
    if (missing && words.startsWith('parameters ')) return { path: [missing], words };
    const name = longestFirst.find((each) => words.startsWith(`${each} `) || words.startsWith(`${each}.`));
    if (name === undefined) return { path: [], words };
    const inner = words.slice(name.length).split(' ')[0] ?? '';
    return { path: [name, ...inner.split('.').filter(Boolean), ...(missing ? [missing] : [])], words };
  });
}
