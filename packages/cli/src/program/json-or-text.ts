import type { Json } from '@sluice/core/lib/json';

/** As Prefect's command reads a value: what is no JSON is a text. */
export function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
