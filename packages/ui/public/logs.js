import { post } from './api.js';
import { h, setText } from './dom.js';
import { millis, preciseClock } from './format.js';

const PAGE = 200;
/** More lines make the page slow; the server has them all. */
const MOST_LINES = 2000;
/** Lines of several senders arrive out of order by so much. */
const OVERLAP_MS = 3000;

/** @type {[number, string][]} */
const LEVELS = [
  [50, 'critical'],
  [40, 'error'],
  [30, 'warning'],
  [20, 'info'],
  [0, 'debug'],
];

/** @param {number} level */
const levelName = (level) => LEVELS.find(([least]) => level >= least)?.[1] ?? 'debug';

/** A run's log: its last lines, then what comes. A line is text and nothing else, whatever a flow writes. */
export function createLogs() {
  const list = h('ol', { class: 'lines', tabindex: 0, 'aria-label': 'Log lines' });
  const follow = h('input', { type: 'checkbox', checked: true });
  const note = h('p', { class: 'quiet' });
  const earlier = h('button', { type: 'button', class: 'more', hidden: true, click: () => (wantsEarlier = true) }, 'Show earlier lines');
  const tools = h('label', { class: 'follow' }, follow, 'Follow');
  const node = h('section', { class: 'logs' }, h('div', { class: 'tools' }, h('h3', {}, 'Logs'), tools), earlier, list, note);
  list.addEventListener('scroll', () => (follow.checked = list.scrollHeight - list.scrollTop - list.clientHeight < 30));
  follow.addEventListener('change', () => follow.checked && toEnd());

  /** @type {Set<string>} */
  const known = new Set();
  let wantsEarlier = false;
  let first = Number.POSITIVE_INFINITY;
  let last = 0;

  const toEnd = () => list.scrollTo({ top: list.scrollHeight });

  /** @param {any[]} lines in the order of time @param {boolean} before */
  function add(lines, before) {
    const fresh = lines.filter(({ id }) => !known.has(id));
    for (const { id, timestamp } of fresh) {
      known.add(id);
      first = Math.min(first, millis(timestamp) ?? first);
      last = Math.max(last, millis(timestamp) ?? last);
    }
    const nodes = fresh.map(createLine);
    if (before) list.prepend(...nodes);
    else list.append(...nodes);
    while (!before && list.childElementCount > MOST_LINES) list.firstElementChild?.remove();
    if (follow.checked && fresh.length > 0 && !before) toEnd();
    setText(note, known.size > 0 ? '' : 'no line yet');
  }

  /** @param {string} id @param {() => boolean} isWanted @param {AbortSignal} signal */
  async function refresh(id, isWanted, signal) {
    const lines = (/** @type {object} */ timestamp, /** @type {string} */ sort) =>
      post('/logs/filter', { logs: { flow_run_id: { any_: [id] }, timestamp }, limit: PAGE, sort }, signal);
    if (last === 0) {
      const newest = await lines({}, 'TIMESTAMP_DESC');
      if (!isWanted()) return;
      earlier.hidden = newest.length < PAGE;
      return add(newest.reverse(), false);
    }
    const later = await lines({ after_: new Date(last - OVERLAP_MS).toISOString() }, 'TIMESTAMP_ASC');
    if (!isWanted()) return;
    add(later, false);
    if (!wantsEarlier) return;
    wantsEarlier = false;
    const older = await lines({ before_: new Date(first).toISOString() }, 'TIMESTAMP_DESC');
    if (!isWanted()) return;
    earlier.hidden = older.length < PAGE || list.childElementCount > MOST_LINES;
    add(older.reverse(), true);
  }

  function clear() {
    known.clear();
    wantsEarlier = false;
    first = Number.POSITIVE_INFINITY;
    last = 0;
    earlier.hidden = true;
    follow.checked = true;
    list.replaceChildren();
    setText(note, '');
  }

  return { node, refresh, clear };
}

/** @param {any} line */
function createLine({ timestamp, level, message }) {
  const name = levelName(level);
  return h(
    'li',
    { class: `line level-${name}` },
    h('span', { class: 'when' }, preciseClock(millis(timestamp) ?? 0)),
    h('span', { class: 'level' }, name),
    h('span', { class: 'message' }, message),
  );
}
