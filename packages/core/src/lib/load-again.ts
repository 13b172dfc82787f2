import type { JsonObject } from './json.ts';
import { isObject } from './json.ts';

/**
 * Parameters that load a table once more, from those of its last load: without the snapshot of a job that is over. `types` of columns go
 * before those that it had.
 */
export function parametersAgain(parameters: JsonObject, types: Readonly<Record<string, string>> = {}): JsonObject {
  const { snapshot: _over, types: had, ...same } = parameters;
  const all = { ...(isObject(had) ? (had as JsonObject) : {}), ...types };
  return Object.keys(all).length > 0 ? { ...same, types: all } : same;
}
