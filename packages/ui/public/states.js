import { svg } from './dom.js';

const RING = 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z';

/** Shapes of 16 × 16, filled by the even-odd rule. Each state has its own: colour is never the only sign. */
const ICONS = {
  check: `${RING}M7.05 11.1 4 8l1.15-1.1 1.9 1.95 3.85-4.05L12 5.9Z`,
  cross: `${RING}M5.7 4.6 8 6.9l2.3-2.3 1.1 1.1L9.1 8l2.3 2.3-1.1 1.1L8 9.1l-2.3 2.3-1.1-1.1L6.9 8 4.6 5.7Z`,
  bolt: 'M10 .5 2.5 9.3h4.2L5.5 15.5 13.5 6.5H9Z',
  play: `${RING}M6.3 4.7v6.6L11.6 8Z`,
  clock: `${RING}M8 2.7a5.3 5.3 0 1 1 0 10.6A5.3 5.3 0 0 1 8 2.7ZM7.2 4.5v4.1l3 1.9.850-1.3-2.3-1.45V4.5Z`,
  alarm: 'M8 1 15.5 14.5H.5ZM7.2 6v4.3h1.6V6ZM7.2 11.5v1.6h1.6v-1.6Z',
  dots: 'M3 6.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2ZM8 6.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2ZM13 6.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2Z',
  pause: `${RING}M5.5 5v6h1.8V5ZM8.7 5v6h1.8V5Z`,
  bar: `${RING}M4.3 7.1v1.8h7.4V7.1Z`,
  stop: `${RING}M5.3 5.3v5.4h5.4V5.3Z`,
  glass: 'M3.5 1h9v2.6L9.3 8l3.2 4.4V15h-9v-2.6L6.7 8 3.5 3.6ZM5.2 2.6v.5L8 7l2.8-3.9v-.5Z',
};

/** @typedef {{ icon: string, tone: string }} Look */

/** What a state looks like: its icon, and its tone, a colour of the style sheet. @type {Record<string, Look>} */
const LOOKS = {
  SCHEDULED: { icon: ICONS.clock, tone: 'queued' },
  PENDING: { icon: ICONS.dots, tone: 'pending' },
  RUNNING: { icon: ICONS.play, tone: 'running' },
  COMPLETED: { icon: ICONS.check, tone: 'completed' },
  FAILED: { icon: ICONS.cross, tone: 'failed' },
  CRASHED: { icon: ICONS.bolt, tone: 'crashed' },
  PAUSED: { icon: ICONS.pause, tone: 'pending' },
  CANCELLING: { icon: ICONS.stop, tone: 'cancelled' },
  CANCELLED: { icon: ICONS.bar, tone: 'cancelled' },
};
const LATE = { icon: ICONS.alarm, tone: 'late' };
const WAITING = { icon: ICONS.glass, tone: 'waiting' };
const UNKNOWN = { icon: ICONS.dots, tone: 'pending' };

/** The look of a state by its type and name. @param {string | null} type @param {string | null} name @returns {Look} */
export const lookOf = (type, name) => (name === 'Late' ? LATE : (LOOKS[type ?? ''] ?? UNKNOWN));

/** The look of a run: one that only waits for others does not look as if it worked. @param {any} run @returns {Look} */
export const lookOfRun = (run) => (run.waiting_on ? WAITING : lookOf(run.state_type, run.state_name));

/** The filters of the table of runs, and the state types behind each. */
export const GROUPS = {
  running: { label: 'Running', types: ['PENDING', 'RUNNING', 'CANCELLING', 'PAUSED'] },
  queued: { label: 'Queued', types: ['SCHEDULED'] },
  done: { label: 'Done', types: ['COMPLETED'] },
  failed: { label: 'Failed', types: ['FAILED', 'CRASHED'] },
  cancelled: { label: 'Cancelled', types: ['CANCELLED'] },
};

const FINAL = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED']);
const ACTIVE = new Set(['PENDING', 'RUNNING', 'CANCELLING']);

export const isFinal = (/** @type {any} */ run) => FINAL.has(run.state_type);
/** It has a process, and slots unless it lends them. */
export const isActive = (/** @type {any} */ run) => ACTIVE.has(run.state_type);

/** Started more than once: its record does not tell all. */
export const isRepeated = (/** @type {any} */ run) => run.epoch > 1 || run.crash_count > 0 || run.run_count > 1;

/** @param {Look} look */
export function iconOf({ icon, tone }) {
  return svg('svg', { class: `icon tone-${tone}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: icon, 'fill-rule': 'evenodd' }));
}

/** An icon with the state's name, which can change. */
export function stateBadge() {
  const node = document.createElement('span');
  node.className = 'state';
  let shown = '';
  return {
    node,
    /** @param {Look} look @param {string | null} name */
    update: (look, name) => {
      const key = `${look.tone} ${look.icon} ${name}`;
      if (key === shown) return;
      shown = key;
      node.className = `state tone-${look.tone}`;
      node.replaceChildren(iconOf(look), document.createTextNode(name ?? 'none'));
    },
  };
}
