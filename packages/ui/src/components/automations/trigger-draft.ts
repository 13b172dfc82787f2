import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import type { EventTrigger } from '@sluice/core/model/automation';
import { tagsOf } from '../base/tags.tsx';

/** What an automation of the form watches. */
export type Watched = 'flow-run' | 'deployment' | 'work-pool' | 'work-queue' | 'event';

interface Kind {
  readonly label: string;
  /** What may happen to it, as events call it and as a person would say it. More than one with commas between them. */
  readonly states: readonly (readonly [names: string, words: string])[];
  /** By what else it can be told apart: a record that the event is related to, by its role. */
  readonly within: readonly (readonly [role: string, label: string])[];
}

const READY = [
  ['not-ready', 'Not ready'],
  ['ready', 'Ready'],
] as const;
const PLACE = [...READY, ['paused', 'Paused']] as const;

export const KINDS: { readonly [W in Watched]: Kind } = {
  'flow-run': {
    label: 'A flow run',
    states: [
      ['Failed,Crashed', 'Failed or Crashed'],
      ...['Failed', 'Crashed', 'Completed', 'Cancelled', 'Scheduled', 'Late', 'Pending', 'Running', 'Paused', 'Suspended', 'AwaitingRetry'].map(
        (name) => [name, name] as const,
      ),
      ['*', 'Any state'],
    ],
    within: [
      ['flow', 'Of the flow'],
      ['deployment', 'Of the deployment'],
      ['tag', 'With the tag'],
    ],
  },
  deployment: { label: 'A deployment', states: READY, within: [['flow', 'Of the flow']] },
  'work-pool': { label: 'A work pool', states: PLACE, within: [] },
  'work-queue': { label: 'A work queue', states: PLACE, within: [['work-pool', 'Of the work pool']] },
  event: { label: 'An event', states: [], within: [] },
};

/** What a person has said of the trigger. Names may have `*` in them, and commas between them; nothing means all. */
export interface TriggerDraft {
  readonly watched: Watched;
  readonly state: string;
  /** Names of what is watched itself: of an event the beginning of its resource. */
  readonly names: string;
  /** Names of the records within which it is, by role. */
  readonly within: { readonly [role: string]: string };
  /** The name of an event. */
  readonly event: string;
  /** `comes`: it enters the state, or the event comes. `stays`: it stays in the state, or the event does not come, for a while. */
  readonly posture: 'comes' | 'stays';
  readonly duration: string;
}

export const FIRST_TRIGGER: TriggerDraft = {
  watched: 'flow-run',
  state: 'Failed,Crashed',
  names: '',
  within: {},
  event: '',
  posture: 'comes',
  duration: '10m',
};

/** Another kind is another question: only how long to wait stays. */
export const watching = (before: TriggerDraft, watched: Watched): TriggerDraft => ({
  ...FIRST_TRIGGER,
  posture: before.posture,
  duration: before.duration,
  watched,
  state: KINDS[watched].states[0]?.[0] ?? '',
});

/** Prefect's shortest window for what does not happen. */
const SHORTEST_S = 10;

/** What is wrong with how long it is waited for; undefined when nothing is. */
export function durationFault({ posture, duration }: TriggerDraft): string | undefined {
  if (posture === 'comes') return undefined;
  try {
    if (toSeconds(duration as Duration) >= SHORTEST_S) return undefined;
  } catch {
    // It is no duration: the same sentence says what to write.
  }
  return `Write a number and its unit, ${SHORTEST_S}s or more: 90s, 15m, 2h or 1d.`;
}

export const isTriggerReady = (draft: TriggerDraft): boolean =>
  durationFault(draft) === undefined && (draft.watched !== 'event' || draft.event !== '');

type Spec = { readonly [label: string]: string | string[] };
/** One stands as it is, as people write it in JSON. */
const oneOrMore = (values: string[]): string | string[] => (values.length === 1 ? (values[0] as string) : values);

function relatedSpec(role: string, names: string[]): Spec {
  if (role === 'tag') return { 'prefect.resource.id': oneOrMore(names.map((name) => `prefect.tag.${name}`)) };
  return { 'prefect.resource.role': role, 'prefect.resource.name': oneOrMore(names) };
}

/** The trigger that is meant, in Prefect's shape. */
export function triggerOf(draft: TriggerDraft): EventTrigger {
  const { watched, state, names: typed, within, event, posture } = draft;
  const names = tagsOf(typed);
  const base = { type: 'event' as const, after: [], for_each: [], threshold: 1, match_related: {} };
  const seconds = posture === 'stays' && durationFault(draft) === undefined ? toSeconds(draft.duration as Duration) : 0;
  if (watched === 'event') {
    const match = names.length > 0 ? { 'prefect.resource.id': oneOrMore(names) } : {};
    return { ...base, match, expect: tagsOf(event), posture: posture === 'stays' ? 'Proactive' : 'Reactive', within: seconds };
  }
  const states = state.split(',').map((name) => `prefect.${watched}.${name}`);
  const match = { 'prefect.resource.id': `prefect.${watched}.*`, ...(names.length > 0 && { 'prefect.resource.name': oneOrMore(names) }) };
  const related = KINDS[watched].within.flatMap(([role]) => {
    const wanted = tagsOf(within[role] ?? '');
    return wanted.length > 0 ? [relatedSpec(role, wanted)] : [];
  });
  const about = {
    ...base,
    match,
    match_related: related.length > 1 ? related : (related[0] ?? {}),
    for_each: ['prefect.resource.id'],
  };
  if (posture === 'comes') return { ...about, expect: states, posture: 'Reactive', within: 0 };
  // It stays there as long as it enters no other state.
  return { ...about, after: states, expect: [`prefect.${watched}.*`], posture: 'Proactive', within: seconds };
}
