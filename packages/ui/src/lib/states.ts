import type { WaitingOn } from '@sluice/core/model/flow-run';
import { FAILED_STATE_TYPES, type StateType } from '@sluice/core/model/state-type';

/** A colour of the palette. */
export type Tone = 'running' | 'waiting' | 'pending' | 'queued' | 'late' | 'completed' | 'failed' | 'crashed' | 'cancelled';

/** Each state has an icon of its own: colour is never the only sign. */
export type StateIcon = 'check' | 'cross' | 'bolt' | 'play' | 'clock' | 'alarm' | 'dots' | 'pause' | 'bar' | 'stop' | 'glass';

export interface StateLook {
  readonly tone: Tone;
  readonly icon: StateIcon;
}

const LOOKS: { readonly [T in StateType]: StateLook } = {
  SCHEDULED: { tone: 'queued', icon: 'clock' },
  PENDING: { tone: 'pending', icon: 'dots' },
  RUNNING: { tone: 'running', icon: 'play' },
  COMPLETED: { tone: 'completed', icon: 'check' },
  FAILED: { tone: 'failed', icon: 'cross' },
  CRASHED: { tone: 'crashed', icon: 'bolt' },
  PAUSED: { tone: 'pending', icon: 'pause' },
  CANCELLING: { tone: 'cancelled', icon: 'stop' },
  CANCELLED: { tone: 'cancelled', icon: 'bar' },
};
const LATE: StateLook = { tone: 'late', icon: 'alarm' };
const WAITING: StateLook = { tone: 'waiting', icon: 'glass' };

/** What a page needs of a run to say how it stands. */
export interface Standing {
  readonly state_type: StateType | null;
  readonly state_name: string | null;
  readonly waiting_on?: WaitingOn | null | undefined;
}

/** The look of a state by its type and name; one without a state is pending. */
export function lookOf({ state_type: type, state_name: name, waiting_on: waiting }: Standing): StateLook {
  if (waiting && type === 'RUNNING') return WAITING;
  if (type === 'SCHEDULED' && name === 'Late') return LATE;
  return LOOKS[type ?? 'PENDING'];
}

/** The word for it: a run that only waits for others does not say that it runs. */
export const wordOf = ({ state_type, state_name, waiting_on }: Standing): string =>
  waiting_on && state_type === 'RUNNING' ? 'Waiting' : (state_name ?? state_type ?? 'No state');

/** Groups in which people look for runs; the tabs of the lists. */
export const STATE_GROUPS = {
  running: { label: 'Running', types: ['PENDING', 'RUNNING', 'CANCELLING'] },
  queued: { label: 'Queued', types: ['SCHEDULED', 'PAUSED'] },
  completed: { label: 'Completed', types: ['COMPLETED'] },
  failed: { label: 'Failed', types: FAILED_STATE_TYPES },
  cancelled: { label: 'Cancelled', types: ['CANCELLED'] },
} as const satisfies { readonly [name: string]: { readonly label: string; readonly types: readonly StateType[] } };

export type StateGroup = keyof typeof STATE_GROUPS;
export const STATE_GROUP_NAMES = Object.keys(STATE_GROUPS) as readonly StateGroup[];

export const TONE_OF_GROUP: { readonly [G in StateGroup]: Tone } = {
  running: 'running',
  queued: 'queued',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Runs of a group, of a summary by state type; `more` when one of the counts stopped at its bound. */
export function sumOfGroup(
  states: readonly { readonly state_type: StateType; readonly count: number; readonly more: boolean }[],
  group: StateGroup,
): { count: number; more: boolean } {
  const types: readonly StateType[] = STATE_GROUPS[group].types;
  const meant = states.filter(({ state_type }) => types.includes(state_type));
  return { count: meant.reduce((sum, { count }) => sum + count, 0), more: meant.some(({ more }) => more) };
}
