/**
 * The value of a text as PostgreSQL's COPY wrote it: in the text format a line break is `\n`, a backslash is `\\`, and so on, so a line
 * of the file is a row, whatever is in it. Each stage costs passes over the text, so most texts leave at the first ones: none at all
 * for one without backslash, two for prose of lines. A pair of backslashes comes first: no other escape holds one.
 */
export function unescaped(text: string): string {
  const segment = `case when contains(s, '\\') then ${ESCAPES.reduce((inner, [letter, code]) => `replace(${inner}, '\\${letter}', chr(${code}))`, 's')} else s end`;
  return [
    `case when not contains(${text}, '\\') then ${text}`,
    `when not regexp_matches(${text}, '\\\\[^nt]') then replace(replace(${text}, '\\n', chr(10)), '\\t', chr(9))`,
    `else array_to_string(list_transform(string_split(${text}, '\\\\'), lambda s: ${segment}), '\\') end`,
  ].join(' ');
}

const ESCAPES = [
  ['n', 10],
  ['t', 9],
  ['r', 13],
  ['b', 8],
  ['f', 12],
  ['v', 11],
] as const;
