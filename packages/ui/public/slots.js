import { h, keyedList, setText } from './dom.js';
import { capacityOf, slotsOf } from './why.js';

/** @typedef {import('./store.js').Store} Store */
/** A gauge; `limit` null: nothing limits it, and `room`, what there is place for now, makes its cells. @typedef {{ name: string, used: number, limit: number | null, room: number | null }} Gauge */

/** More cells than this cannot be told apart. */
const MOST_CELLS = 40;

/** Cells, full and empty: how much of a limit is taken. */
export function cells() {
  const node = h('span', { class: 'cells', 'aria-hidden': 'true' });
  let shown = '';
  return {
    node,
    /** @param {number} used @param {number | null} total */
    update: (used, total) => {
      const size = Math.max(used, total ?? used);
      const count = Math.min(size, MOST_CELLS);
      const full = size > 0 ? Math.round((used / size) * count) : 0;
      const key = `${full} ${count}`;
      if (key === shown) return;
      shown = key;
      node.replaceChildren(...Array.from({ length: count }, (_, index) => h('i', { class: index < full ? 'full' : '' })));
    },
  };
}

function createGauge() {
  const [name, count] = [h('span', { class: 'gauge-name' }), h('span', { class: 'gauge-count' })];
  const bar = cells();
  const node = h('li', { class: 'gauge' }, name, bar.node, count);
  return {
    node,
    /** @param {Gauge} gauge */
    update: ({ name: label, used, limit, room }) => {
      setText(name, label);
      bar.update(used, limit ?? room);
      setText(count, limit === null ? `${used} in use, no limit` : `${used} of ${limit}`);
      node.classList.toggle('at-limit', limit !== null && used >= limit);
    },
  };
}

/** @param {Store} store @returns {Gauge[]} */
function gauges(store) {
  const pools = store.pools.map((pool) => {
    const workers = store.workers.filter(({ work_pool_id, status }) => work_pool_id === pool.id && status === 'ONLINE');
    const name = `work pool ${pool.name}${pool.is_paused ? ' (paused)' : ''}`;
    return { name, used: slotsOf(store, pool), limit: pool.concurrency_limit, room: capacityOf(workers) };
  });
  const limits = store.limits
    .filter(({ active }) => active)
    .map(({ name, limit, active_slots }) => ({ name: name.replace(/^tag:/, 'tag '), used: active_slots, limit, room: limit }));
  return [...pools, ...limits];
}

/** Slots in use of pools and limits. @param {Element} section @param {Store} store */
export function createSlots(section, store) {
  const list = h('ul', { class: 'gauges' });
  const note = h('p', { class: 'empty' });
  section.append(list, note);
  const draw = keyedList(list, (/** @type {Gauge} */ { name }) => name, createGauge);
  return {
    update: () => {
      const all = gauges(store);
      draw(all);
      setText(note, all.length > 0 ? '' : 'No work pool yet. Make one with: sluice work-pool create default-pool');
    },
  };
}
