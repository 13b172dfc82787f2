/** What a search of text asks for: any of some terms, all of others, and none of the rest. */
export interface TextQuery {
  readonly any: readonly string[];
  readonly all: readonly string[];
  readonly none: readonly string[];
}

/** A sign, and then a phrase in quotes, which may end without one, or a word. A sign alone means nothing. */
const TERM = /([-!+]?)(?:"((?:\\[\s\S]|[^"\\]|\\$)*)"?|((?![-!+](?:\s|$))[^\s"]+))/g;

/**
 * Reads a query as Prefect does: words with a space between them are alternatives, `+` stands before what must be there, `-` or `!`
 * before what must not, and quotes around what has spaces; `\"` is a quote in it.
 */
export function parseTextQuery(query: string): TextQuery {
  const terms = [...query.matchAll(TERM)].map(([, sign, phrase, word]) => ({ sign, text: phrase?.replaceAll(/\\(["\\])/g, '$1') ?? word ?? '' }));
  const of = (...signs: string[]) => terms.flatMap(({ sign = '', text }) => (signs.includes(sign) && text.trim() ? [text] : []));
  return { any: of(''), all: of('+'), none: of('-', '!') };
}
