import { serverNow } from './api.js';
import { attemptsOf } from './attempts.js';
import { h, set, svg } from './dom.js';
import { duration, exact, parameterText, preciseClock } from './format.js';
import { iconOf, lookOf, lookOfRun } from './states.js';
import { flowName } from './store.js';
import { reasonOf } from './why.js';

/** @typedef {import('./store.js').Store} Store */

const WIDTH = 300;

/** What a bar stands for, beside it while the pointer or the focus is on it. @param {Store} store */
export function createTip(store) {
  const node = h('div', { class: 'tip', role: 'tooltip', hidden: true });

  /** @param {Element} bar @param {Element} board */
  function show(bar, board) {
    const run = store.runs.get(bar.getAttribute('data-run') ?? '');
    if (!run) return;
    const attempts = attemptsOf(run, store.histories.get(run.id)?.states);
    const attempt = attempts.find(({ number }) => String(number) === bar.getAttribute('data-attempt'));
    if (!attempt) return;
    node.replaceChildren(...describe(store, run, attempt));
    const [box, place] = [board.getBoundingClientRect(), (bar.querySelector('.fill') ?? bar).getBoundingClientRect()];
    node.hidden = false;
    node.style.left = `${Math.max(0, Math.min(place.left - box.left, box.width - WIDTH))}px`;
    node.style.top = `${place.bottom - box.top + 6}px`;
  }

  return { node, show, hide: () => void set(node, { hidden: true }) };
}

/** @param {Store} store @param {any} run @param {import('./attempts.js').Attempt} attempt */
function describe(store, run, attempt) {
  const now = serverNow();
  const isLast = attempt.end === null || attempt.end >= Date.parse(run.end_time);
  const progress = isLast ? store.progress.get(run.id) : undefined;
  const look = isLast ? lookOfRun(run) : lookOf(attempt.lost ? 'CRASHED' : 'FAILED', null);
  const state = isLast ? run.state_name : attempt.lost ? 'lost, back in the queue' : 'ended, tried again';
  /** @type {[string, string | undefined][]} */
  const facts = [
    ['parameters', parameterText(run.parameters)],
    ['worker', attempt.worker ?? 'none'],
    ['queued', `${preciseClock(attempt.queued)}, for ${duration(attempt.start - attempt.queued)}`],
    ['started', preciseClock(attempt.start)],
    [attempt.end === null ? 'so far' : 'took', duration((attempt.end ?? now) - attempt.start)],
    ['attempt', attempt.number > 1 ? String(attempt.number) : undefined],
    ['progress', progress && `${exact(progress.done)}${progress.total ? ` of ${exact(progress.total)}` : ''} ${progress.label}`],
    ['', isLast ? reasonOf(store, run) : undefined],
  ];
  const list = facts.flatMap(([name, value]) => (value ? [h('dt', {}, name), h('dd', {}, value)] : []));
  return [
    h('p', { class: `state tone-${look.tone}` }, iconOf(look), state),
    h('p', { class: 'strong' }, `${flowName(store, run)} / ${run.name}`),
    h('dl', {}, ...list),
  ];
}

/** What the shapes mean. */
export function createLegend() {
  const sample = (/** @type {string} */ tone, /** @type {string} */ text, /** @type {Record<string, unknown>} */ shape = {}, pattern = '') => {
    const rect = { class: 'fill', x: 1, y: 2, width: 22, height: 10, rx: 3, ...shape };
    const over = pattern ? [svg('rect', { ...rect, class: '', fill: `url(#${pattern})` })] : [];
    const picture = svg('svg', { class: `sample tone-${tone}`, width: 24, height: 14, 'aria-hidden': 'true' }, svg('rect', rect), ...over);
    return h('li', {}, picture, text);
  };
  return h(
    'ul',
    { class: 'legend', 'aria-label': 'Legend' },
    sample('running', 'running'),
    sample('completed', 'completed'),
    sample('failed', 'failed'),
    sample('crashed', 'lost, or crashed', {}, 'lost'),
    sample('queued', 'queued while a place was free', { class: 'hollow' }),
    sample('waiting', 'waits for other runs', { y: 4, height: 6 }, 'waiting'),
    h('li', {}, '↻2 second attempt'),
  );
}
