import { isObject } from '@sluice/core/lib/json';
import type { Action, Trigger } from '@sluice/core/model/automation';
import type { Automation } from '../../api/automations.ts';
import { tagsOf } from '../base/tags.tsx';
import { type ActionDraft, actionOf, FIRST_ACTION } from './action-draft.ts';
import { readAction } from './read-action.ts';
import { readTrigger } from './read-trigger.ts';
import { FIRST_TRIGGER, type TriggerDraft, triggerOf } from './trigger-draft.ts';

/** What the form asks for. */
export interface Draft {
  readonly name: string;
  readonly description: string;
  /** With commas between them. */
  readonly tags: string;
  readonly trigger: TriggerDraft;
  readonly action: ActionDraft;
}

export const FIRST_DRAFT: Draft = { name: '', description: '', tags: '', trigger: FIRST_TRIGGER, action: FIRST_ACTION };

/** What a draft says of an automation. */
export interface Said {
  readonly name: string;
  readonly description?: string;
  readonly tags?: string[];
  readonly trigger: Trigger;
  readonly actions: Action[];
}

/** All that a request may say of an automation: without what the server gives it. */
export type Body = Omit<Automation, 'id' | 'created' | 'updated'>;

export function bodyOf({ id: _id, created: _created, updated: _updated, ...body }: Automation): Body {
  return body;
}

/** What is meant; empty fields are left out, as by people who write JSON. */
export const saidBy = ({ name, description, tags, trigger, action }: Draft): Said => ({
  name,
  ...(description !== '' && { description }),
  ...(tags !== '' && { tags: tagsOf(tags) }),
  trigger: triggerOf(trigger),
  actions: [actionOf(action)],
});

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** What the form shows of a body; undefined when what it says is in no form. */
export function readBody(body: unknown): Draft | undefined {
  if (!isObject(body)) return undefined;
  const { name = '', description = '', actions, actions_on_trigger: also, actions_on_resolve: over } = body;
  const [action, ...more] = [...listOf(actions), ...listOf(also), ...listOf(over)];
  if (typeof name !== 'string' || typeof description !== 'string' || listOf(actions).length === 0 || more.length > 0) return undefined;
  const trigger = readTrigger(body['trigger']);
  const read = trigger && readAction(action, trigger.watched);
  return read && { name, description, tags: listOf(body['tags']).join(', '), trigger, action: read };
}

/** A body with what a person has changed in the form: what others have changed elsewhere meanwhile stays. */
export function changedBody(now: Body, before: Draft, draft: Draft): Body {
  const [was, is] = [saidBy(before), saidBy(draft)];
  const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return {
    ...now,
    ...(is.name !== was.name && { name: is.name }),
    ...(draft.description !== before.description && { description: draft.description }),
    ...(draft.tags !== before.tags && { tags: tagsOf(draft.tags) }),
    ...(!isSame(is.trigger, was.trigger) && { trigger: is.trigger }),
    ...(!isSame(is.actions, was.actions) && { actions: is.actions }),
  };
}
