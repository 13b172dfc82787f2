import { canonicalJson, isObject } from '@sluice/core/lib/json';
import { STATE_TYPES } from '@sluice/core/model/state-type';
import { ACTIONS, type ActionDraft, type ActionType, actionOf, actionsFor, FIRST_ACTION, isActionReady, OF_THE_EVENT } from './action-draft.ts';
import type { Watched } from './trigger-draft.ts';

type Fields = { readonly [field: string]: unknown };

/** What the server writes into an action that says nothing of it. */
const USUAL: Fields = { schedule_after: 0, force: false, source: 'selected' };
const isNothing = (value: unknown) => value === null || value === undefined || (isObject(value) && Object.keys(value).length === 0);

/** What is asked for, without what would be so in any case. */
const meaningOf = (action: Fields): string =>
  canonicalJson(Object.fromEntries(Object.entries(action).filter(([field, value]) => !isNothing(value) && value !== USUAL[field])));

const textOf = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

/** What the form shows of an action that is done when something happens to this; undefined when that would not be all of it. */
export function readAction(action: unknown, watched: Watched): ActionDraft | undefined {
  if (!isObject(action)) return undefined;
  const type = actionsFor(watched).find((each) => each === action.type);
  if (!type) return undefined;
  const draft: ActionDraft = {
    type,
    target: targetOf(type, action),
    state: STATE_TYPES.find((each) => each === action['state']) ?? FIRST_ACTION.state,
    message: textOf(action['message']),
    block: textOf(action['block_document_id']),
    subject: textOf(action['subject'], FIRST_ACTION.subject),
    body: textOf(action['body'], FIRST_ACTION.body),
  };
  return isActionReady(draft, watched) && meaningOf(actionOf(draft)) === meaningOf(action) ? draft : undefined;
}

function targetOf(type: ActionType, action: Fields): string {
  if (action['source'] === 'inferred') return OF_THE_EVENT;
  return textOf(action[`${ACTIONS[type].target?.replaceAll('-', '_')}_id`]);
}
