import { addressOf } from './address.js';
import { ApiError, get, post, serverNow } from './api.js';
import { h, set, setText } from './dom.js';
import { clock, duration, exact, millis } from './format.js';
import { createLogs } from './logs.js';
import { drawStates, drawTasks } from './panel-lists.js';
import { isActive, isFinal, lookOfRun, stateBadge } from './states.js';
import { flowName, newestFirst, putRuns } from './store.js';
import { reasonOf } from './why.js';

/** @typedef {import('./store.js').Store} Store */

/** All about one run, beside the page: facts, parameters, states, tasks, logs. @param {HTMLElement} panel @param {{ store: Store, close: () => void }} parts */
export function createPanel(panel, { store, close }) {
  const state = stateBadge();
  const [title, flow, reason, facts] = [h('h2', {}), h('p', { class: 'quiet' }), h('p', { class: 'reason' }), h('dl', { class: 'facts' })];
  const parameters = h('pre', {});
  const [states, tasks] = [h('ol', { class: 'states' }), h('ol', { class: 'tasks' })];
  const logs = createLogs();
  const shut = h('button', { type: 'button', class: 'close', 'aria-label': 'Close', click: close }, '×');
  const section = (/** @type {string} */ name, /** @type {Node[]} */ ...nodes) => h('section', {}, h('h3', {}, name), ...nodes);
  const head = h('div', { class: 'panel-head' }, state.node, shut);
  const rest = [section('Parameters', parameters), section('States', states), section('Task runs', tasks), logs.node];
  const body = h('div', {}, facts, ...rest);
  panel.append(head, title, flow, reason, body);
  panel.addEventListener('keydown', (event) => event.key === 'Escape' && close());

  let id = '';
  let shownState = '';
  /** @type {Element | null} */
  let opener = null;

  /** @param {string | undefined} next */
  function show(next) {
    if (next === id || (!next && !id)) return;
    if (!id) opener = document.activeElement;
    id = next ?? '';
    shownState = '';
    panel.hidden = !id;
    document.body.classList.toggle('with-panel', id !== '');
    logs.clear();
    for (const list of [states, tasks, facts]) list.replaceChildren();
    setText(parameters, '');
    setText(title, id ? 'Reading…' : '');
    setText(reason, '');
    if (id) panel.focus();
    else if (opener instanceof HTMLElement || opener instanceof SVGElement) opener.focus();
    update();
  }

  function update() {
    const run = store.runs.get(id);
    body.hidden = !run;
    if (!run) return;
    const now = serverNow();
    state.update(lookOfRun(run), run.state_name);
    setText(title, run.name);
    setText(flow, `flow ${flowName(store, run)}`);
    const why = reasonOf(store, run);
    setText(reason, why);
    reason.hidden = why === '';
    reason.className = `reason tone-${lookOfRun(run).tone}`;
    drawFacts(facts, factsOf(store, run, now));
    setText(parameters, JSON.stringify(run.parameters, null, 2));
  }

  /** States and tasks when the run has changed or goes on; logs as long as lines may come. @param {AbortSignal} signal */
  async function refresh(signal) {
    const wanted = id;
    if (!wanted) return;
    try {
      if (!store.runs.has(wanted)) putRuns(store, [await get(`/flow_runs/${encodeURIComponent(wanted)}`, signal)]);
      const run = store.runs.get(wanted);
      if (run.state_id !== shownState || isActive(run)) {
        const [history, taskRuns] = await Promise.all([
          get(`/flow_run_states/?flow_run_id=${run.id}`, signal),
          post('/task_runs/filter', { flow_runs: { id: { any_: [run.id] } }, sort: 'EXPECTED_START_TIME_ASC' }, signal),
        ]);
        if (id !== wanted) return;
        drawStates(states, history);
        drawTasks(tasks, taskRuns);
        shownState = run.state_id;
      }
      await logs.refresh(wanted, () => id === wanted, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404 || id !== wanted) throw error;
      setText(title, 'There is no such flow run.');
      setText(reason, wanted);
    }
  }

  return { show, update, refresh, isOpen: () => id !== '' };
}

/** @param {Store} store @param {any} run @param {number} now @returns {[string, string | Node | undefined][]} */
function factsOf(store, run, now) {
  const [start, end, due] = [millis(run.start_time), millis(run.end_time), millis(run.expected_start_time)];
  const progress = store.progress.get(run.id);
  const parent = store.runs.get(run.parent_flow_run_id);
  return [
    ['Worker', run.worker_name ?? undefined],
    ['Work pool', run.work_pool_name ? `${run.work_pool_name}, queue ${run.work_queue_name}` : undefined],
    ['Due', due === null ? undefined : clock(due, now)],
    ['Started', start === null ? undefined : `${clock(start, now)}${due === null ? '' : `, after ${duration(start - due)}`}`],
    ['Ended', end === null ? undefined : clock(end, now)],
    ['Ran', run.total_run_time > 0 || isFinal(run) ? duration(run.total_run_time * 1000) : undefined],
    ['Claims', run.epoch > 0 ? `${run.epoch}${run.crash_count > 0 ? `, lost ${run.crash_count} of them` : ''}` : undefined],
    ['Progress', progress && `${exact(progress.done)}${progress.total ? ` of ${exact(progress.total)}` : ''} ${progress.label}`],
    [
      'Parent',
      run.parent_flow_run_id ? h('a', { href: addressOf({ run: run.parent_flow_run_id }) }, parent?.name ?? run.parent_flow_run_id) : undefined,
    ],
    ['Its runs', childrenText(store, run)],
    ['Tags', run.tags.length > 0 ? run.tags.join(', ') : undefined],
    ['Id', run.id],
  ];
}

/** `20: 17 Completed, 3 Running`. @param {Store} store @param {any} run */
function childrenText(store, run) {
  const children = newestFirst(store).filter(({ parent_flow_run_id }) => parent_flow_run_id === run.id);
  if (children.length === 0) return undefined;
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { state_name } of children) counts.set(state_name, (counts.get(state_name) ?? 0) + 1);
  return `${children.length}: ${Array.from(counts, ([name, count]) => `${count} ${name}`).join(', ')}`;
}

/** Written anew only when something differs, so that a text can be selected and a link clicked. @param {Element} list @param {[string, string | Node | undefined][]} facts */
function drawFacts(list, facts) {
  const known = facts.filter(([, value]) => value);
  const key = known.map(([name, value]) => `${name} ${value instanceof Node ? value.textContent : value}`).join('\n');
  if (list.getAttribute('data-shown') === key) return;
  set(list, { 'data-shown': key });
  list.replaceChildren(...known.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}
