import type { Action, EventTrigger, Trigger } from '@sluice/core/model/automation';
import { intervalWords } from '../schedules/interval-words.ts';
import { readTrigger } from './read-trigger.ts';
import { KINDS } from './trigger-draft.ts';

const list = (names: readonly string[], word = 'or') => names.map((name) => `“${name}”`).join(` ${word} `);
const during = (seconds: number | null) =>
  seconds
    ? ` within ${intervalWords(seconds)
        .replace(/^every /, '')
        .replace(/^(?=[a-z])/, '1 ')}`
    : '';

type Spec = { readonly [label: string]: string | readonly string[] };
const oneOf = (wanted: Spec[string] | undefined) => [wanted ?? []].flat().join(' or ');
const specWords = (spec: Spec) =>
  Object.entries(spec)
    .map(([label, wanted]) => `${label.replace(/^prefect\.resource\./, '')} ${oneOf(wanted)}`)
    .join(', ');

/** `prefect.flow-run.*` is any of a kind. */
const KIND = /^prefect\.([a-z-]+)\.\*$/;

/** What an event is of: `flow run`, `work pool etl`. */
function matchWords(spec: Spec): string {
  const { 'prefect.resource.id': id, 'prefect.resource.name': name, ...others } = spec;
  const kind = typeof id === 'string' ? KIND.exec(id)?.[1]?.replaceAll('-', ' ') : undefined;
  if (!kind || Object.keys(others).length > 0) return specWords(spec);
  return name === undefined ? `a ${kind}` : `the ${kind} ${oneOf(name)}`;
}

/** What it is related to: `flow load`, `tag etl`. */
function relatedWords(spec: Spec): string {
  const { 'prefect.resource.role': role, 'prefect.resource.name': name, 'prefect.resource.id': id, ...others } = spec;
  if (Object.keys(others).length > 0) return specWords(spec);
  if (typeof role === 'string' && name !== undefined && id === undefined) return `${role.replaceAll('-', ' ')} ${oneOf(name)}`;
  const tags = [id ?? []].flat();
  const areTags = role === undefined && name === undefined && tags.length > 0 && tags.every((tag) => tag.startsWith('prefect.tag.'));
  return areTags ? `tag ${oneOf(tags.map((tag) => tag.slice('prefect.tag.'.length)))}` : specWords(spec);
}

/** `a flow run stays Late for 30 minutes`: what the form makes of a state that lasts; undefined for any other trigger. */
function stayWords(trigger: EventTrigger): string | undefined {
  const draft = readTrigger(trigger);
  if (draft?.posture !== 'stays' || draft.watched === 'event') return undefined;
  const { watched, state } = draft;
  const related = [trigger.match_related].flat().map(relatedWords).filter(Boolean);
  const word = KINDS[watched].states.find(([names]) => names === state)?.[1] ?? state;
  const what = [matchWords(trigger.match), ...related.map((each) => `of ${each}`)].join(' ');
  return `${what} stays ${state === '*' ? 'in a state' : word}${during(trigger.within).replace('within', 'for')}`;
}

/** When an automation fires, in a sentence that goes on after “when”. */
export function triggerWords(trigger: Trigger): string {
  if (trigger.type === 'sequence') return `${trigger.triggers.map(triggerWords).join(', then ')}${during(trigger.within)}`;
  if (trigger.type === 'compound') {
    const { require = 'all' } = trigger;
    const many = require === 'all' ? 'all' : require === 'any' ? 'any' : `${require}`;
    return `${many} of this${during(trigger.within)}: ${trigger.triggers.map(triggerWords).join('; ')}`;
  }
  if (trigger.type !== 'event') return 'something happens that this page does not know';
  const said = stayWords(trigger);
  if (said) return said;
  const { expect, after, match, match_related, threshold, within, posture, for_each } = trigger;
  const related = [match_related].flat().map(relatedWords).filter(Boolean);
  const each = for_each.join(', ').replaceAll('prefect.resource.id', 'resource');
  const what = [
    expect.length > 0 ? list(expect) : 'any event',
    posture === 'Proactive' ? 'does not come' : 'comes',
    threshold > 1 && `${threshold} times`,
    within > 0 && during(within).trim(),
  ];
  return [
    after.length > 0 && `after ${list(after)}`,
    what.filter(Boolean).join(' '),
    Object.keys(match).length > 0 && `of ${matchWords(match)}`,
    related.length > 0 && `related to ${related.join(' and ')}`,
    // Of a thing that fires at once it makes no difference.
    each && (threshold > 1 || within > 0) && `counted for each ${each}`,
  ]
    .filter(Boolean)
    .join(', ');
}

const PLAIN: { readonly [type: string]: string } = {
  'do-nothing': 'do nothing',
  'cancel-flow-run': 'cancel the run',
  'suspend-flow-run': 'suspend the run',
  'resume-flow-run': 'resume the run',
  'delete-flow-run': 'delete the run',
  'send-notification': 'send a notification',
  'call-webhook': 'call a webhook',
};

/** What is done then; where a record is chosen, by its id, which the page shows as a link. */
export function actionWords(action: Action): string {
  const plain = PLAIN[action.type];
  if (plain) return plain;
  if (action.type === 'change-flow-run-state') return `give the run the state ${action['name'] ?? action['state']}`;
  const words = action.type.replaceAll('-', ' ');
  return action['source'] === 'inferred' ? `${words} of the event` : words;
}
