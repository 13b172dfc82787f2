import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import type { Draft } from './bodies.ts';

/** A sentence of the server, and what of the automation it is about: `['trigger', 'within']`. */
export interface Refusal {
  readonly path: readonly string[];
  readonly words: string;
}

/** Fields of the form that a refusal may be about. */
export type RefusedField = 'name' | 'description' | 'tags' | 'duration' | 'event' | 'names' | 'message' | 'subject' | 'body';
export type Refused = { readonly [F in RefusedField]?: string };

/** What a server has refused of a body; undefined when the error says no places. */
export function refusalsOf(error: unknown): readonly Refusal[] | undefined {
  if (!isSluiceError(error) || error.code !== 'INVALID_REQUEST' || !Array.isArray(error.details)) return undefined;
  return (error.details as unknown[]).flatMap((fault) => {
    if (!isObject(fault) || !Array.isArray(fault['loc'])) return [];
    return { path: fault['loc'].slice(1).map(String), words: String(fault['msg']) };
  });
}

/** `trigger.within: not a duration`. */
export const refusalText = ({ path, words }: Refusal): string => (path.length > 0 ? `${path.join('.')}: ${words}` : words);

/** The field that the form shows for a part of the automation; undefined for what none shows. */
function fieldOf(path: readonly string[], { trigger: { watched, posture }, action: { type } }: Draft): RefusedField | undefined {
  const isAt = (...parts: readonly string[]) => parts.every((part, index) => path[index] === part);
  const [last = ''] = path.slice(-1);
  if (path[0] === 'name' || path[0] === 'description' || path[0] === 'tags') return path[0];
  if (isAt('trigger', 'within')) return posture === 'stays' ? 'duration' : undefined;
  if (isAt('trigger', 'expect')) return watched === 'event' ? 'event' : undefined;
  if (isAt('trigger', 'match')) return watched === 'flow-run' ? undefined : 'names';
  if (isAt('actions', '0', 'message')) return type === 'change-flow-run-state' ? 'message' : undefined;
  return type === 'send-notification' && isAt('actions', '0') && (last === 'subject' || last === 'body') ? last : undefined;
}

/** Refusals each at its field; `others` are those that no field shows. */
export function placeRefusals(refusals: readonly Refusal[], draft: Draft): { readonly refused: Refused; readonly others: readonly Refusal[] } {
  const refused: { [F in RefusedField]?: string } = {};
  const others: Refusal[] = [];
  for (const refusal of refusals) {
    const field = fieldOf(refusal.path, draft);
    if (field) refused[field] ??= refusal.words;
    else others.push(refusal);
  }
  return { refused, others };
}
