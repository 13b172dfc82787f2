import type { Json } from '@sluice/core/lib/json';
import { readJson } from '../schema-form/exact-json.ts';

/** How a person writes a value: as text, which is kept as it is, or as JSON. */
export type Way = 'text' | 'json';

export const isJsonText = (text: string): boolean => 'value' in readJson(text);

export const wayOf = (value: Json): Way => (typeof value === 'string' ? 'text' : 'json');
export const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

/** The value that a person has written, or a sentence that says what is wrong with it. */
export function readValue(text: string, way: Way): { readonly value: Json } | { readonly fault: string } {
  if (way === 'text') return { value: text };
  return readJson(text) as { readonly value: Json } | { readonly fault: string };
}
