import { changeAddress, readAddress } from './address.js';
import { serverNow } from './api.js';
import { h, set, setText } from './dom.js';
import { age, exact, millis, plural, short } from './format.js';
import { iconOf, isActive, lookOf } from './states.js';
import { activeRuns, queuedRuns, rowsOf } from './store.js';

/** @typedef {import('./store.js').Store} Store */

const HOUR_MS = 3_600_000;

/** More runs than these are not all known here. Of open ones the server's count stands then, which is up to a second older. */
const ALL_KNOWN = 200;

/** @param {Store} store @param {string[]} keys */
const sum = (store, keys) => keys.reduce((total, key) => total + (store.counts?.[key] ?? 0), 0);

/** @param {Store} store */
function running(store) {
  const counted = sum(store, ['RUNNING', 'PENDING', 'CANCELLING']);
  return counted > ALL_KNOWN ? counted : activeRuns(store).length;
}

/** @param {Store} store */
function queued(store) {
  const counted = sum(store, ['SCHEDULED', 'LATE']);
  return counted > ALL_KNOWN ? counted : queuedRuns(store, serverNow()).length;
}

/** @param {Store} store */
function oldestQueued(store) {
  const now = serverNow();
  const due = queuedRuns(store, now).map((run) => millis(run.next_scheduled_start_time) ?? now);
  return due.length > 0 ? `oldest ${age(now - Math.min(...due))}` : 'nothing waits';
}

/** @param {Store} store */
function runningNote(store) {
  const active = activeRuns(store);
  const waiting = active.filter((run) => run.waiting_on).length;
  if (waiting > 0) return `${waiting} only ${waiting === 1 ? 'waits' : 'wait'} for others`;
  const workers = new Set(active.flatMap(({ worker_name }) => worker_name ?? [])).size;
  return workers > 0 ? `on ${plural(workers, 'worker')}` : 'nothing runs';
}

/** @param {Store} store */
const rates = (store) => activeRuns(store).flatMap(({ id }) => rowsOf(store, id)?.rate ?? []);

/** Rows of the runs that go on, and of those that ended in the last hour, as many of them as this page knows. @param {Store} store */
function moved(store) {
  const since = serverNow() - HOUR_MS;
  const recent = [...store.runs.values()].filter((run) => isActive(run) || (millis(run.end_time) ?? 0) > since);
  const done = recent.reduce((total, { id }) => total + (rowsOf(store, id)?.done ?? 0), 0);
  const some = sum(store, ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED']) > ALL_KNOWN ? 'at least ' : '';
  return `${some}${short(done)} in the last hour`;
}

/** A number each: what it counts, what stands below it, and the filter of the table that shows those runs. */
const NUMBERS = [
  {
    label: 'Running',
    look: lookOf('RUNNING', null),
    filter: 'running',
    value: running,
    note: runningNote,
  },
  {
    label: 'Queued',
    look: lookOf('SCHEDULED', null),
    filter: 'queued',
    value: queued,
    note: oldestQueued,
  },
  {
    label: 'Late',
    look: lookOf('SCHEDULED', 'Late'),
    filter: 'queued',
    value: (/** @type {Store} */ store) => sum(store, ['LATE']),
    note: () => 'of those queued',
  },
  {
    label: 'Done',
    look: lookOf('COMPLETED', null),
    filter: 'done',
    value: (/** @type {Store} */ store) => sum(store, ['COMPLETED']),
    note: () => 'in the last hour',
  },
  {
    label: 'Failed',
    look: lookOf('FAILED', null),
    filter: 'failed',
    value: (/** @type {Store} */ store) => sum(store, ['FAILED', 'CRASHED']),
    note: (/** @type {Store} */ store) => (sum(store, ['CRASHED']) > 0 ? `${sum(store, ['CRASHED'])} of them crashed` : 'in the last hour'),
  },
];

/** The state of the whole in a glance. @param {Element} section @param {Store} store */
export function createNumbers(section, store) {
  const tiles = NUMBERS.map((number) => {
    const value = h('strong', {}, '–');
    const note = h('small', {});
    const click = () => changeAddress({ state: readAddress().state === number.filter ? '' : number.filter });
    const node = h(
      'button',
      { class: 'number', type: 'button', click },
      h('span', { class: 'name' }, iconOf(number.look), number.label),
      value,
      note,
    );
    return { ...number, node, shown: value, below: note };
  });
  const rate = h('strong', {}, '–');
  const below = h('small', {});
  section.append(...tiles.map(({ node }) => node), h('div', { class: 'number' }, h('span', { class: 'name' }, 'Rows/s'), rate, below));
  return {
    update: () => {
      if (!store.counts) return;
      for (const { node, shown, below, value, note } of tiles) {
        const count = value(store);
        setText(shown, exact(count));
        setText(below, note(store));
        set(node, { 'data-zero': count === 0 });
      }
      const all = rates(store);
      setText(rate, all.length > 0 ? short(all.reduce((total, each) => total + each, 0)) : '–');
      setText(below, moved(store));
      const [now, next] = [running(store), queued(store)];
      document.title = now + next > 0 ? `${now} running, ${next} queued – Sluice` : 'Sluice';
    },
  };
}
