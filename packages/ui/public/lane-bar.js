import { serverNow } from './api.js';
import { set, setText, svg } from './dom.js';
import { lookOf } from './states.js';
import { labelOf } from './store.js';

const LEAST = 2;
/** About the width of a letter of the labels. */
const LETTER = 7.3;
const LOST = lookOf('CRASHED', null).icon;
const FAILED = lookOf('FAILED', null).icon;

/** @typedef {{ bar: import('./lane-layout.js').Bar, top: number, left: number, scale: number, from: number, to: number, right: number }} Placed */

/** A bar: hollow while the run was queued and its place free, solid while it ran, with a mark where it was lost or failed. @param {import('./store.js').Store} store */
export function createBar(store) {
  const hollow = svg('rect', { class: 'hollow', rx: 3 });
  const fill = svg('rect', { class: 'fill', rx: 3 });
  const texture = svg('rect', { rx: 3 });
  const text = svg('text', {});
  const mark = svg('path', { class: 'mark', 'fill-rule': 'evenodd' });
  const node = svg('g', { tabindex: -1, role: 'button' }, hollow, fill, texture, text, mark);

  /** @param {Placed} placed */
  function update({ bar, top, left, scale, from, to, right }) {
    const { attempt, thin } = bar;
    const x = (/** @type {number} */ at) => Math.min(right, Math.max(left, left + (at - from) * scale));
    const start = x(attempt.start);
    const width = Math.max(LEAST, x(Math.min(attempt.end ?? serverNow(), to)) - start);
    const waited = x(Math.max(attempt.queued, bar.free));
    const y = top + bar.top;
    const name = labelOf(store, attempt.run);
    const label = `${name}${attempt.number > 1 ? ` ↻${attempt.number}` : ''}`;
    set(node, { class: `bar tone-${attempt.tone}`, 'data-run': attempt.run.id, 'data-attempt': attempt.number, 'aria-label': nameOf(attempt, name) });
    set(hollow, {
      x: waited,
      y: y + 0.5,
      width: Math.max(0, start - waited),
      height: bar.height - 1,
      visibility: start - waited > 2 ? null : 'hidden',
    });
    set(fill, { x: start, y, width, height: bar.height });
    const pattern = textureOf(attempt);
    set(texture, { x: start, y, width, height: bar.height, fill: pattern ? `url(#${pattern})` : 'none' });
    const room = Math.floor((width - 10) / LETTER);
    set(text, { x: start + 6, y: y + 15 });
    setText(text, thin || room < 3 ? '' : label.length > room ? `${label.slice(0, room - 1)}…` : label);
    const icon = attempt.lost ? LOST : attempt.tone === 'failed' ? FAILED : '';
    const size = thin ? 0.75 : 1;
    const place = `translate(${(start + width - 8 * size).toFixed(1)} ${(y + bar.height / 2 - 8 * size).toFixed(1)}) scale(${size})`;
    set(mark, { d: icon, transform: place, visibility: icon ? null : 'hidden' });
  }

  return { node, update };
}

/** @param {import('./attempts.js').Attempt} attempt */
function textureOf({ run, lost, end }) {
  if (lost) return 'lost';
  return run.waiting_on && end === null ? 'waiting' : null;
}

/** @param {import('./attempts.js').Attempt} attempt @param {string} name */
const nameOf = ({ run, worker, number, lost }, name) =>
  `${run.name} ${name}, ${lost ? 'lost' : run.state_name}, ${worker ?? 'no worker'}, attempt ${number}`;
