import { identifier } from '../types/sql.ts';

export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/** For people: `public.orders`; a part that would be read otherwise stands in quotes, as in `public."odd.name"`. */
export const formatName = ({ schema, name }: QualifiedName): string =>
  [schema, name].map((part) => (/[".,*\s]/.test(part) || part === '' ? identifier(part) : part)).join('.');

/** For SQL. */
export const quoteName = ({ schema, name }: QualifiedName): string => `${identifier(schema)}.${identifier(name)}`;

interface NamePart {
  readonly text: string;
  readonly quoted: boolean;
}

const PART = /"((?:[^"]|"")*)"|([^".,]+)/y;

/** The names of a list that is divided by commas, each in its parts; undefined when it is none. */
function readNames(list: string): NamePart[][] | undefined {
  const names: NamePart[][] = [[]];
  for (let at = 0; ; at++) {
    PART.lastIndex = at;
    const [whole, quoted, plain] = PART.exec(list) ?? [];
    if (whole === undefined) return undefined;
    names.at(-1)?.push(quoted === undefined ? { text: (plain ?? '').trim(), quoted: false } : { text: quoted.replaceAll('""', '"'), quoted: true });
    at += whole.length;
    if (at === list.length) return names;
    if (list[at] === ',') names.push([]);
    else if (list[at] !== '.') return undefined;
  }
}

/** A name that `formatName` wrote, or a person. One part alone is a table of the schema `public`. */
export function parseName(text: string): QualifiedName | undefined {
  const [parts, ...others] = readNames(text) ?? [];
  const [first, second, ...rest] = parts ?? [];
  if (!first || others.length > 0 || rest.length > 0) return undefined;
  return second ? { schema: first.text, name: second.text } : { schema: 'public', name: first.text };
}

/** One of several patterns, such as `sales.*`. */
export interface NamePattern {
  readonly text: string;
  matches(name: QualifiedName): boolean;
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A `*` stands for any characters, unless it is in quotes. */
const asRegExp = ({ text, quoted }: NamePart): RegExp => new RegExp(`^${quoted ? escaped(text) : text.split('*').map(escaped).join('.*')}$`, 's');

/** `public.orders,sales.*`; one part alone is a table's name in any schema. Undefined for what is not a list of names. */
export function parsePatterns(list: string): NamePattern[] | undefined {
  const names = readNames(list.trim());
  if (!names || names.some(({ length }) => length > 2)) return undefined;
  return names.map((parts) => {
    const [schema, name] = (parts.length === 1 ? [undefined, parts[0]] : parts).map((part) => part && asRegExp(part));
    return {
      text: parts.map(({ text }) => text).join('.'),
      matches: (table) => (schema?.test(table.schema) ?? true) && (name?.test(table.name) ?? false),
    };
  });
}
