import { changeAddress, readAddress } from './address.js';
import { serverNow } from './api.js';
import { attemptsOf } from './attempts.js';
import { h, keyedList, set, setText, svg } from './dom.js';
import { clock, exact, millis } from './format.js';
import { createBar } from './lane-bar.js';
import { axisTicks, chooseSpan, layoutLanes, queueDepth, SPANS } from './lane-layout.js';
import { createLegend, createTip } from './lane-tip.js';
import { poolOf, queuedRuns, workerLabel } from './store.js';

const LABELS = 128;
const NARROW_LABELS = 84;
const RIGHT = 12;
const QUEUE = 40;
const AXIS = 22;
/** A tick needs this many pixels. */
const TICK = 84;

/** @typedef {import('./store.js').Store} Store */

/** The board: a lane for each worker, its runs as bars over time, the queue above. @param {Element} section @param {{ store: Store, open: (id: string) => void }} parts */
export function createLanes(section, { store, open }) {
  const tip = createTip(store);
  const select = createSpanSelect();
  const state = h('p', { class: 'quiet' });
  const note = h('p', { class: 'empty' });
  const queue = svg('path', { class: 'queue-depth' });
  const queueCount = svg('text', { class: 'queue-count', x: 0, y: 27 });
  const [grid, lanes, bars] = [svg('g', { class: 'grid' }), svg('g'), svg('g', { class: 'bars' })];
  const nowLine = svg('line', { class: 'now', y1: 0 });
  const picture = svg('svg', { class: 'board', role: 'group', 'aria-label': 'Flow runs per worker over time; arrow keys move between them' });
  picture.append(definitions(), grid, lanes, queue, queueCount, bars, nowLine);
  const board = h('div', { class: 'board-box' }, picture, tip.node);
  section.querySelector('h2')?.after(state, select.node);
  section.append(board, note, createLegend());

  const drawTicks = keyedList(grid, String, () => {
    const [line, text] = [svg('line', { y1: 0 }), svg('text', {})];
    const node = svg('g', {}, line, text);
    return { node, update: (/** @type {number} */ at) => placeTick(line, text, at) };
  });
  const drawLanes = keyedList(lanes, (/** @type {any} */ { lane }) => lane.name ?? '', createLane);
  const drawBars = keyedList(
    bars,
    (/** @type {any} */ { bar }) => bar.attempt.id,
    () => createBar(store),
  );
  let frame = { left: 0, scale: 0, from: 0, height: 0, now: 0 };

  /** @param {Element} line @param {Element} text @param {number} at */
  function placeTick(line, text, at) {
    const x = (frame.left + (at - frame.from) * frame.scale).toFixed(1);
    set(line, { x1: x, x2: x, y2: frame.height - AXIS });
    set(text, { x, y: frame.height - 6 });
    setText(text, clock(at, frame.now));
  }

  function update() {
    const now = serverNow();
    const attempts = [...store.runs.values()].flatMap((run) =>
      attemptsOf(run, store.histories.get(run.id)?.states).map((attempt) => ({ ...attempt, worker: laneOf(store, run, attempt.worker) })),
    );
    const queued = queuedRuns(store, now).map((run) => millis(run.next_scheduled_start_time) ?? now);
    const span = chooseSpan(readAddress().span ?? 'auto', attempts, queued, now);
    const parents = new Set(Array.from(store.runs.values(), ({ parent_flow_run_id }) => parent_flow_run_id).filter(Boolean));
    const workers = store.workers.filter(({ status }) => status === 'ONLINE').map((worker) => workerLabel(store, worker.name, poolOf(store, worker)));
    const laid = layoutLanes(attempts, { workers, parents, span });
    const width = picture.clientWidth || 800;
    const left = width < 560 ? NARROW_LABELS : LABELS;
    const scale = (width - left - RIGHT) / (span.to - span.from);
    let bottom = QUEUE;
    const placed = laid.map((lane) => {
      const top = bottom;
      bottom += lane.height;
      return { lane, top };
    });
    const height = bottom + AXIS;
    frame = { left, scale, from: span.from, height, now };
    set(picture, { height, viewBox: `0 0 ${width} ${height}` });
    drawTicks(axisTicks(span, TICK / scale));
    drawLanes(placed.map(({ lane, top }) => ({ lane, top, width, left, online: workers.includes(lane.name ?? '') })));
    drawBars(placed.flatMap(({ lane, top }) => lane.bars.map((bar) => ({ bar, top, ...frame, to: span.to, right: width - RIGHT }))));
    drawQueue(queueDepth(attempts, queued, span), span, queued.length);
    const end = left + (Math.min(now, span.to) - span.from) * scale;
    set(nowLine, { x1: end, x2: end, y2: height - AXIS, class: span.following ? 'now' : 'now over' });
    const last = Math.max(0, ...attempts.map(({ end }) => end ?? 0));
    setText(state, span.following || last === 0 ? '' : `nothing runs since ${clock(last, now)}`);
    setText(note, laid.length === 0 ? 'Lanes appear here when a worker is online.' : '');
    moving = span.following || queued.length > 0;
    roving(bars);
  }

  /** @param {{ at: number, depth: number }[]} steps @param {{ from: number, to: number }} span @param {number} count */
  function drawQueue(steps, span, count) {
    const most = Math.max(1, ...steps.map(({ depth }) => depth));
    const base = QUEUE - 4;
    const x = (/** @type {number} */ at) => (frame.left + (at - span.from) * frame.scale).toFixed(1);
    const y = (/** @type {number} */ depth) => (base - (depth / most) * (base - 8)).toFixed(1);
    const end = x(Math.min(span.to, Math.max(frame.now, span.from)));
    set(queue, { d: `M${x(span.from)} ${base}${steps.map(({ at, depth }) => `H${x(at)}V${y(depth)}`).join('')}H${end}V${base}Z` });
    setText(queueCount, count === 0 ? 'queue empty' : `queue ${exact(count)}`);
  }

  let moving = true;
  listen(bars, { tip, board, open });
  return { update, isMoving: () => moving };
}

/** @param {Store} store @param {any} run @param {string | null} worker */
const laneOf = (store, run, worker) => worker && workerLabel(store, worker, run.work_pool_name);

/** Bars of runs that wait are striped, those of a lost worker hatched: patterns lie over the colour. */
function definitions() {
  const pattern = (/** @type {string} */ id, /** @type {number} */ angle) =>
    svg(
      'pattern',
      { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: `rotate(${angle})` },
      svg('rect', { class: 'stripe', width: 2.4, height: 6 }),
    );
  return svg('defs', {}, pattern('waiting', 45), pattern('lost', -45));
}

function createSpanSelect() {
  const options = Object.entries(SPANS).map(([value, label]) => h('option', { value }, label));
  const change = () => changeAddress({ span: select.value === 'auto' ? '' : select.value });
  const select = h('select', { 'aria-label': 'Time shown', change }, ...options);
  select.value = readAddress().span ?? 'auto';
  return { node: select };
}

function createLane() {
  const [line, dot, text] = [svg('line', { x1: 0, class: 'lane-line' }), svg('circle', { r: 4 }), svg('text', { class: 'lane-name', x: 16 })];
  const node = svg('g', { class: 'lane' }, line, dot, text);
  return {
    node,
    /** @param {{ lane: import('./lane-layout.js').Lane, top: number, width: number, left: number, online: boolean }} value */
    update: ({ lane, top, width, left, online }) => {
      const middle = top + 17;
      set(line, { y1: top, x2: width, y2: top });
      set(dot, { cx: 6, cy: middle, class: online ? 'dot-online' : 'dot-offline' });
      set(text, { y: middle + 4, class: `lane-name${online ? '' : ' offline'}` });
      const room = Math.floor((left - 24) / 7);
      const name = lane.name ?? 'no worker';
      setText(text, name.length > room ? `${name.slice(0, room - 1)}…` : name);
    },
  };
}

/** One bar is reached by Tab, the others from there by the arrow keys. @param {Element} bars */
function roving(bars) {
  if (!bars.querySelector('[tabindex="0"]')) bars.lastElementChild?.setAttribute('tabindex', '0');
}

/** @param {SVGGElement} bars @param {{ tip: ReturnType<typeof createTip>, board: Element, open: (id: string) => void }} parts */
function listen(bars, { tip, board, open }) {
  const barOf = (/** @type {Event} */ event) => (event.target instanceof Element ? event.target.closest('.bar') : null);
  const show = (/** @type {Event} */ event) => {
    const bar = barOf(event);
    if (bar) tip.show(bar, board);
  };
  const run = (/** @type {Event} */ event) => barOf(event)?.getAttribute('data-run');
  set(bars, {
    pointerover: show,
    focusin: show,
    pointerout: tip.hide,
    focusout: tip.hide,
    click: (/** @type {Event} */ event) => open(run(event) ?? ''),
    keydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Enter' || event.key === ' ') open(run(event) ?? '');
      else if (event.key === 'Escape') tip.hide();
      else if (!step(bars, barOf(event), event.key)) return;
      event.preventDefault();
    },
  });
}

/** Moves to the next bar of the lane, or to the nearest one of the lane above or below. @param {Element} bars @param {Element | null} from @param {string} key */
function step(bars, from, key) {
  const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!direction || !from) return false;
  const here = from.getBoundingClientRect();
  const [right = 0, down = 0] = direction;
  const distances = [...bars.children].map((bar) => {
    const there = bar.getBoundingClientRect();
    const [x, y] = [there.left - here.left, there.top - here.top];
    const ahead = right ? x * right > 0 && Math.abs(y) < 4 : y * down > 4;
    return { bar, distance: ahead ? Math.abs(x) + 1000 * Math.abs(y) : Number.POSITIVE_INFINITY };
  });
  const nearest = distances.reduce((best, each) => (each.distance < best.distance ? each : best), { bar: from, distance: Number.POSITIVE_INFINITY });
  from.setAttribute('tabindex', '-1');
  nearest.bar.setAttribute('tabindex', '0');
  if (nearest.bar instanceof SVGElement) nearest.bar.focus();
  return true;
}
