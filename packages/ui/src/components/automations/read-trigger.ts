import { canonicalJson, isObject } from '@sluice/core/lib/json';
import type { EventTrigger } from '@sluice/core/model/automation';
import { intervalText } from '../schedules/interval-words.ts';
import { FIRST_TRIGGER, KINDS, type TriggerDraft, triggerOf, type Watched } from './trigger-draft.ts';

type Spec = { readonly [label: string]: unknown };
const listOf = (value: unknown): unknown[] => (value === undefined ? [] : [value].flat());
const isSpec = (value: unknown): value is Spec => isObject(value) && Object.keys(value).length > 0;
const textOf = (values: unknown): string => listOf(values).join(', ');
const TAG = 'prefect.tag.';

/** A record that the event is related to: its role, and its names. */
function readRelated(spec: Spec): readonly [role: string, names: string] {
  const { 'prefect.resource.role': role, 'prefect.resource.name': name, 'prefect.resource.id': id } = spec;
  return role === undefined ? ['tag', textOf(listOf(id).map((each) => String(each).replace(TAG, '')))] : [String(role), textOf(name)];
}

/** The states of a kind that these names of events mean: in the words of the form, whatever the order they stand in. */
function readStates(watched: Watched, names: readonly string[]): string | undefined {
  const prefix = `prefect.${watched}.`;
  const meant = names.map((name) => name.slice(prefix.length)).sort();
  return KINDS[watched].states.find(([states]) => states.split(',').sort().join() === meant.join())?.[0];
}

/** What is asked for, whatever the order and the spelling: one name, or a list of one. */
function meaningOf({ match, match_related, expect, after, for_each, posture, threshold, within }: EventTrigger): string {
  const specOf = (spec: Spec) => Object.fromEntries(Object.entries(spec).map(([label, wanted]) => [label, listOf(wanted).sort()]));
  const related = listOf(match_related)
    .filter(isSpec)
    .map((spec) => canonicalJson(specOf(spec)))
    .sort();
  return canonicalJson({ match: specOf(match), related, expect: expect.toSorted(), after: after.toSorted(), for_each, posture, threshold, within });
}

const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every((each) => typeof each === 'string');

/** Whether a person's JSON is a trigger at all: what it says is read as the server does, which gives what is left out. */
function isEventTrigger(trigger: { readonly [field: string]: unknown }): boolean {
  const { type, match, match_related: related, after, expect, for_each: each, within } = trigger;
  return (
    type === 'event' && isObject(match) && listOf(related).every(isObject) && [after, expect, each].every(areTexts) && typeof within === 'number'
  );
}

/** What the form shows of a trigger; undefined when that would not be all of it. */
export function readTrigger(given: unknown): TriggerDraft | undefined {
  if (!isObject(given)) return undefined;
  const read = { type: 'event', match: {}, match_related: {}, after: [], expect: [], for_each: [], threshold: 1, within: 0, ...given };
  if (!isEventTrigger(read)) return undefined;
  const trigger = read as unknown as EventTrigger;
  const draft = draftOf(trigger);
  // The form asks for no name of a run.
  if (!draft || (draft.watched === 'flow-run' && draft.names !== '')) return undefined;
  return meaningOf(triggerOf(draft)) === meaningOf(trigger) ? draft : undefined;
}

function draftOf({ match, match_related, after, expect, posture, within }: EventTrigger): TriggerDraft | undefined {
  const { 'prefect.resource.id': id, 'prefect.resource.name': names } = match;
  const stays = posture === 'Proactive';
  const wait = { posture: stays ? ('stays' as const) : ('comes' as const), duration: stays ? intervalText(within) : FIRST_TRIGGER.duration };
  const watched = (Object.keys(KINDS) as Watched[]).find((kind) => textOf(id) === `prefect.${kind}.*`);
  if (!watched) return { ...FIRST_TRIGGER, ...wait, watched: 'event', state: '', event: textOf(expect), names: textOf(id) };
  const state = readStates(watched, stays ? after : expect);
  const related = listOf(match_related).filter(isSpec).map(readRelated);
  return state === undefined ? undefined : { ...FIRST_TRIGGER, ...wait, watched, state, names: textOf(names), within: Object.fromEntries(related) };
}
