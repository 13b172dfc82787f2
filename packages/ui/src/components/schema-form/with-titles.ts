import { isObject } from '@sluice/core/lib/json';
import { schemaWords } from './schema-words.ts';

/** The schema with names for the branches that have none: a form asks for one of them. */
export function withTitles(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withTitles);
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if ((keyword === 'anyOf' || keyword === 'oneOf') && Array.isArray(value)) return [keyword, value.map(titled)];
      return [keyword, keyword === 'default' || keyword === 'enum' || keyword === 'const' ? value : withTitles(value)];
    }),
  );
}

function titled(branch: unknown): unknown {
  const inner = withTitles(branch);
  return isObject(inner) && inner['title'] === undefined && inner['$ref'] === undefined ? { title: schemaWords(branch), ...inner } : inner;
}
