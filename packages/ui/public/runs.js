import { addressOf, changeAddress, readAddress } from './address.js';
import { serverNow } from './api.js';
import { h, keyedList, set, setText } from './dom.js';
import { clock, duration, exact, millis, parameterText, short } from './format.js';
import { GROUPS, isActive, isFinal, lookOfRun, stateBadge } from './states.js';
import { flowName, newestFirst, rowsOf } from './store.js';
import { reasonOf } from './why.js';

/** @typedef {import('./store.js').Store} Store */

const COLUMNS = ['State', 'Flow run', 'Parameter', 'Worker', 'Try', 'Start', 'Duration', 'Rows', 'Note'];
const PAGE = 50;
const MOST = 200;

/**
 * The newest flow runs. Their order is that of their making, so that no row moves away under the pointer.
 * @param {Element} section
 * @param {{ store: Store, open: (id: string) => void, loadPage: () => void }} parts
 */
export function createRuns(section, { store, open, loadPage }) {
  const filters = createFilters(store);
  const body = h('tbody', {});
  const head = h('tr', {}, ...COLUMNS.map((name) => h('th', { scope: 'col', class: `col-${name.toLowerCase().replace(' ', '-')}` }, name)));
  const note = h('p', { class: 'empty' });
  let limit = PAGE;
  const more = h('button', { type: 'button', class: 'more', click: () => showMore() }, 'Show more');
  section.querySelector('h2')?.after(...filters.nodes);
  section.append(h('div', { class: 'table-box' }, h('table', {}, h('thead', {}, head), body)), note, more);
  const draw = keyedList(
    body,
    (/** @type {any} */ { id }) => id,
    () => createRow(store, open),
  );

  function showMore() {
    limit = Math.min(limit + PAGE, MOST);
    loadPage();
  }

  function update() {
    const { flow, state } = readAddress();
    const types = GROUPS[/** @type {keyof typeof GROUPS} */ (state)]?.types;
    const fitting = newestFirst(store).filter((run) => (!flow || flowName(store, run) === flow) && (!types || types.includes(run.state_type)));
    draw(fitting.slice(0, limit));
    filters.update();
    set(more, { hidden: fitting.length < limit || limit >= MOST });
    const none = flow || state ? 'No flow run fits this filter.' : 'No flow run yet. Start one with: sluice deployment run <flow>/<deployment>';
    setText(note, fitting.length > 0 ? '' : none);
  }

  return { update, limit: () => limit, isLonger: () => limit > PAGE };
}

/** @param {Store} store */
function createFilters(store) {
  const choose = (/** @type {string} */ state) => () => changeAddress({ state });
  const all = h('button', { type: 'button', click: choose('') }, 'All');
  const groups = Object.entries(GROUPS).map(([state, { label }]) => ({ state, node: h('button', { type: 'button', click: choose(state) }, label) }));
  const flow = h('select', { 'aria-label': 'Flow', change: () => changeAddress({ flow: flow.value }) }, h('option', { value: '' }, 'all flows'));
  const drawFlows = keyedList(flow, String, (/** @type {string} */ name) => ({
    node: h('option', { value: name }, name || 'all flows'),
    update: () => {},
  }));
  flow.replaceChildren();
  const states = h('div', { class: 'segments', role: 'group', 'aria-label': 'State' }, all, ...groups.map((group) => group.node));
  return {
    nodes: [flow, states],
    update: () => {
      const view = readAddress();
      set(all, { 'aria-pressed': String(!view.state) });
      for (const group of groups) set(group.node, { 'aria-pressed': String(view.state === group.state) });
      drawFlows([...new Set(['', ...(view.flow ? [view.flow] : []), ...store.flows.values()])].sort((a, b) => a.localeCompare(b)));
      if (flow.value !== (view.flow ?? '')) flow.value = view.flow ?? '';
    },
  };
}

/** @param {Store} store @param {(id: string) => void} open */
function createRow(store, open) {
  const state = stateBadge();
  const [flow, link] = [h('span', { class: 'flow' }), h('a', {})];
  const cells = Object.fromEntries(COLUMNS.slice(2).map((name) => [name, h('td', { class: `col-${name.toLowerCase()}` })]));
  const node = h('tr', {}, h('td', { class: 'col-state' }, state.node), h('td', { class: 'col-flow-run' }, flow, link), ...Object.values(cells));
  let id = '';
  node.addEventListener('click', (event) => {
    const isLink = event.target instanceof Element && event.target.closest('a');
    if (!isLink && String(getSelection()) === '') open(id);
  });

  /** @param {any} run */
  function update(run) {
    const now = serverNow();
    id = run.id;
    const look = lookOfRun(run);
    state.update(look, run.state_name);
    set(node, { class: `tone-${look.tone}`, 'data-run': run.id, 'data-selected': readAddress().run === run.id });
    link.href = addressOf({ run: run.id });
    setText(flow, flowName(store, run));
    setText(link, run.name);
    for (const [name, cell] of Object.entries(cells)) {
      const text = TEXTS[name]?.(store, run, now) ?? '';
      setText(cell, text);
      if (name === 'Note' || name === 'Parameter') cell.title = text;
    }
  }

  return { node, update };
}

/** What stands in each column. @type {Record<string, (store: Store, run: any, now: number) => string>} */
const TEXTS = {
  Parameter: (_store, run) => parameterText(run.parameters),
  Worker: (_store, run) => run.worker_name ?? '',
  Try: (_store, run) => (run.epoch > 1 || run.run_count > 1 ? String(Math.max(run.epoch, run.run_count)) : ''),
  Start: (_store, run, now) => {
    const start = millis(run.start_time);
    return start === null ? '' : clock(start, now);
  },
  Duration: (_store, run, now) => durationText(run, now),
  Rows: (store, run) => {
    const progress = rowsOf(store, run.id);
    return progress ? (isFinal(run) ? exact(progress.done) : short(progress.done)) : '';
  },
  Note: (store, run) => reasonOf(store, run),
};

/** @param {any} run @param {number} now */
function durationText(run, now) {
  if (isActive(run) && run.state_type !== 'PENDING') return duration(now - (millis(run.state.timestamp) ?? now) + run.total_run_time * 1000);
  return run.total_run_time > 0 ? duration(run.total_run_time * 1000) : '';
}
