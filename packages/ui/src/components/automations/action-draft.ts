import type { Action } from '@sluice/core/model/automation';
import type { StateType } from '@sluice/core/model/state-type';
import type { Watched } from './trigger-draft.ts';

/** A record that an action is done to. */
export type Target = 'deployment' | 'work-pool' | 'work-queue' | 'automation' | 'flow-run';

export const ACTIONS = {
  'run-deployment': { label: 'Run a deployment', target: 'deployment' },
  'pause-deployment': { label: 'Pause a deployment', target: 'deployment' },
  'resume-deployment': { label: 'Resume a deployment', target: 'deployment' },
  'pause-work-pool': { label: 'Pause a work pool', target: 'work-pool' },
  'resume-work-pool': { label: 'Resume a work pool', target: 'work-pool' },
  'pause-work-queue': { label: 'Pause a work queue', target: 'work-queue' },
  'resume-work-queue': { label: 'Resume a work queue', target: 'work-queue' },
  'pause-automation': { label: 'Switch an automation off', target: 'automation' },
  'resume-automation': { label: 'Switch an automation on', target: 'automation' },
  'cancel-flow-run': { label: 'Cancel the flow run', target: 'flow-run' },
  'suspend-flow-run': { label: 'Suspend the flow run', target: 'flow-run' },
  'change-flow-run-state': { label: 'Give the flow run a state', target: 'flow-run' },
  'send-notification': { label: 'Send a notification', target: undefined },
} as const satisfies { readonly [type: string]: { readonly label: string; readonly target: Target | undefined } };
export type ActionType = keyof typeof ACTIONS;

/** The records that an event of each kind is about, or related to. Of a person's own event nobody knows. */
const ABOUT: { readonly [W in Watched]: readonly Target[] } = {
  'flow-run': ['flow-run', 'deployment', 'work-queue', 'work-pool'],
  deployment: ['deployment', 'work-queue', 'work-pool'],
  'work-queue': ['work-queue', 'work-pool'],
  'work-pool': ['work-pool'],
  event: ['flow-run', 'deployment', 'work-queue', 'work-pool'],
};

/** What can be done when something happens to this. Only its own run can be cancelled, so that where there is none it is left out. */
export const actionsFor = (watched: Watched): readonly ActionType[] =>
  (Object.keys(ACTIONS) as ActionType[]).filter((type) => ACTIONS[type].target !== 'flow-run' || ABOUT[watched].includes('flow-run'));

/** Whether the record may be the one that the event is about. */
export const isInferable = (type: ActionType, watched: Watched): boolean => {
  const { target } = ACTIONS[type];
  return target !== undefined && ABOUT[watched].includes(target);
};

/** Stands for the record that the event is about. A person chooses it: to run what has failed again is not what everybody means. */
export const OF_THE_EVENT = 'event';

/** What a person has said of the action. */
export interface ActionDraft {
  readonly type: ActionType;
  /** The id of the record that it is done to, or `OF_THE_EVENT`; empty while none is chosen. */
  readonly target: string;
  readonly state: StateType;
  readonly message: string;
  /** The block that takes a notification. */
  readonly block: string;
  readonly subject: string;
  readonly body: string;
}

export const FIRST_ACTION: ActionDraft = {
  type: 'run-deployment',
  target: '',
  state: 'CANCELLED',
  message: '',
  block: '',
  subject: '{{ automation.name }}',
  body: "{{ event.event }} of {{ event.resource['prefect.resource.name'] }} at {{ event.occurred }}",
};

export function isActionReady({ type, target, block, body }: ActionDraft, watched: Watched): boolean {
  if (type === 'send-notification') return block !== '' && body !== '';
  if (ACTIONS[type].target === 'flow-run') return true;
  return target === OF_THE_EVENT ? isInferable(type, watched) : target !== '';
}

/** The action that is meant, in Prefect's shape. */
export function actionOf({ type, target, state, message, block, subject, body }: ActionDraft): Action {
  if (type === 'send-notification') return { type, block_document_id: block, subject, body };
  if (type === 'change-flow-run-state') return { type, state, ...(message && { message }) };
  const { target: kind } = ACTIONS[type];
  if (kind === 'flow-run') return { type };
  return target === OF_THE_EVENT ? { type, source: 'inferred' } : { type, source: 'selected', [`${kind.replaceAll('-', '_')}_id`]: target };
}
