import { addressOf } from './address.js';
import { serverNow } from './api.js';
import { h, keyedList, setText } from './dom.js';
import { age, exact, millis, short } from './format.js';
import { cells } from './slots.js';
import { iconOf, lookOfRun } from './states.js';
import { activeRuns, flowName, labelOf, poolOf, workerLabel } from './store.js';
import { reasonOf } from './why.js';

/** @typedef {import('./store.js').Store} Store */

const HOUR_MS = 3_600_000;

/** Online ones by name, then those that went away in the last hour. @param {Store} store */
const shownWorkers = (store) =>
  store.workers
    .filter(({ status, last_heartbeat_time }) => status === 'ONLINE' || serverNow() - (millis(last_heartbeat_time) ?? 0) < HOUR_MS)
    .toSorted((a, b) => b.status.localeCompare(a.status) || a.name.localeCompare(b.name, 'en', { numeric: true }));

/** A card for each worker: whether it is there, its slots, what it runs and how far that is. @param {Element} section @param {Store} store */
export function createWorkers(section, store) {
  const list = h('ul', { class: 'workers' });
  const note = h('p', { class: 'empty' });
  section.append(list, note);
  const draw = keyedList(
    list,
    (/** @type {any} */ { id }) => id,
    () => createWorker(store),
  );
  return {
    update: () => {
      const workers = shownWorkers(store);
      draw(workers);
      const pool = store.pools[0]?.name ?? 'default-pool';
      setText(note, workers.length > 0 ? '' : `No worker is online. Start one with: sluice worker start --pool ${pool}`);
    },
  };
}

/** @param {Store} store */
function createWorker(store) {
  const [name, slots, status] = [h('strong', {}), h('span', { class: 'quiet' }), h('span', { class: 'status' })];
  const bar = cells();
  const runs = h('ul', { class: 'worker-runs' });
  const idle = h('p', { class: 'quiet' });
  const node = h('li', { class: 'worker' }, h('div', { class: 'worker-head' }, name, bar.node, slots), status, runs, idle);
  const draw = keyedList(
    runs,
    (/** @type {any} */ { id }) => id,
    () => createHeldRun(store),
  );
  return {
    node,
    /** @param {any} worker */
    update: (worker) => {
      const held = activeRuns(store).filter((run) => run.worker_name === worker.name && run.work_pool_id === worker.work_pool_id);
      const used = held.filter((run) => !run.waiting_on).length;
      const online = worker.status === 'ONLINE';
      node.classList.toggle('is-offline', !online);
      setText(name, workerLabel(store, worker.name, poolOf(store, worker)));
      bar.update(used, worker.concurrency_limit);
      setText(slots, worker.concurrency_limit === null ? `${used} in use` : `${used} of ${worker.concurrency_limit}`);
      setText(status, `${online ? 'online' : 'offline'}, heard ${age(serverNow() - (millis(worker.last_heartbeat_time) ?? 0))} ago`);
      node.title = worker.host ? `host ${worker.host}, process ${worker.pid}` : '';
      draw(held);
      setText(idle, held.length > 0 ? '' : online ? 'waits for a run' : '');
    },
  };
}

/** A run that a worker has, with its progress. @param {Store} store */
function createHeldRun(store) {
  const link = h('a', {});
  const icon = h('span', {});
  const numbers = h('span', { class: 'figures' });
  const bar = h('i', {});
  const track = h('span', { class: 'track', hidden: true }, bar);
  const node = h('li', { class: 'held' }, icon, link, track, numbers);
  let shown = '';
  return {
    node,
    /** @param {any} run */
    update: (run) => {
      link.href = addressOf({ run: run.id });
      const look = lookOfRun(run);
      if (look.tone !== shown) icon.replaceChildren(iconOf(look));
      shown = look.tone;
      setText(link, labelOf(store, run));
      link.title = `${flowName(store, run)} / ${run.name}`;
      const progress = run.waiting_on ? undefined : store.progress.get(run.id);
      setText(numbers, run.waiting_on ? reasonOf(store, run) : progress ? figures(progress) : run.state_name);
      numbers.title = progress ? `${exact(progress.done)} ${progress.label}` : '';
      track.hidden = !progress?.total;
      if (progress?.total) bar.style.width = `${Math.min(100, (100 * progress.done) / progress.total).toFixed(1)}%`;
    },
  };
}

/** `1.2M of 3.4M rows, 410K/s`. @param {import('./store.js').Progress} progress */
function figures({ done, total, label, rate }) {
  const many = total ? `${short(done)} of ${short(total)}` : short(done);
  return `${many} ${label || 'done'}${rate ? `, ${short(rate)}/s` : ''}`;
}
