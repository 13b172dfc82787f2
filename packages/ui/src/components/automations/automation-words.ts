import type { Action, Trigger } from '@sluice/core/model/automation';
import { intervalWords } from '../schedules/interval-words.ts';

const list = (names: readonly string[], word = 'or') => names.map((name) => `“${name}”`).join(` ${word} `);
const during = (seconds: number | null) =>
  seconds
    ? ` within ${intervalWords(seconds)
        .replace(/^every /, '')
        .replace(/^(?=[a-z])/, '1 ')}`
    : '';

type Spec = { readonly [label: string]: string | readonly string[] };
const specWords = (spec: Spec) =>
  Object.entries(spec)
    .map(([label, wanted]) => `${label.replace(/^prefect\.resource\./, '')} ${[wanted].flat().join(' or ')}`)
    .join(', ');

/** When an automation fires, in a sentence that goes on after “when”. */
export function triggerWords(trigger: Trigger): string {
  if (trigger.type === 'sequence') return `${trigger.triggers.map(triggerWords).join(', then ')}${during(trigger.within)}`;
  if (trigger.type === 'compound') {
    const { require = 'all' } = trigger;
    const many = require === 'all' ? 'all' : require === 'any' ? 'any' : `${require}`;
    return `${many} of this${during(trigger.within)}: ${trigger.triggers.map(triggerWords).join('; ')}`;
  }
  if (trigger.type !== 'event') return 'something happens that this page does not know';
  const { expect, after, match, match_related, threshold, within, posture, for_each } = trigger;
  const related = [match_related].flat().map(specWords).filter(Boolean);
  return [
    after.length > 0 && `after ${list(after)}`,
    expect.length > 0 ? list(expect) : 'any event',
    posture === 'Proactive' ? 'does not come' : 'comes',
    threshold > 1 && `${threshold} times`,
    within > 0 && during(within).trim(),
    Object.keys(match).length > 0 && `of ${specWords(match)}`,
    related.length > 0 && `related to ${related.join(' and ')}`,
    for_each.length > 0 && `for each ${for_each.join(', ').replaceAll('prefect.resource.id', 'resource')}`,
  ]
    .filter(Boolean)
    .join(' ');
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
