import { changeAddress, onAddress, readAddress } from './address.js';
import { createFeed } from './feed.js';
import { createHeader } from './header.js';
import { createKeyForm } from './key-form.js';
import { createLanes } from './lanes.js';
import { loadPage } from './loads.js';
import { createNumbers } from './numbers.js';
import { createPanel } from './panel.js';
import { createRuns } from './runs.js';
import { createSlots } from './slots.js';
import { createStore } from './store.js';
import { createWorkers } from './workers.js';

/** Ages and durations are told in seconds; lanes move more finely while something runs. */
const SECOND_MS = 1000;
const LANES_MS = 400;
const DRAW_GAP_MS = 150;

/** @param {string} id @returns {HTMLElement} */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found;
}

const store = createStore();
const open = (/** @type {string} */ run) => changeAddress({ run });

const header = createHeader({ server: element('server'), chip: element('chip') }, store);
const lanes = createLanes(element('lanes'), { store, open });
const panel = createPanel(element('panel'), { store, close: () => open('') });
const runs = createRuns(element('runs'), { store, open, loadPage: filter });
const parts = [
  header,
  createNumbers(element('numbers'), store),
  createWorkers(element('workers'), store),
  createSlots(element('slots'), store),
  lanes,
  runs,
  panel,
];

let drawing = false;
let drawn = 0;

/** Draws at once, or soon after the last time: drawing must not take the processor from the work it shows. */
function draw() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => requestAnimationFrame(drawNow), Math.max(0, drawn + DRAW_GAP_MS - performance.now()));
}

function drawNow() {
  drawing = false;
  drawn = performance.now();
  for (const part of parts) part.update();
}

/** A filter, or a longer table, asks the server for runs that this page may not know. What fails here, the feed reports. */
function filter() {
  const view = readAddress();
  if (view.flow || view.state || runs.isLonger()) loadPage(store, view, runs.limit()).then(draw, () => {});
  draw();
}

const keyForm = createKeyForm(/** @type {HTMLDialogElement} */ (element('key')), () => feed.start());
const feed = createFeed({
  store,
  changed: draw,
  connection: (state, reason) => {
    header.connection(state, reason);
    if (state === 'live') filter();
    if (state === 'locked') keyForm.ask();
  },
  more: [{ every: () => (panel.isOpen() ? SECOND_MS : Number.POSITIVE_INFINITY), gap: () => 300, run: panel.refresh }],
});

/** Links to a run open it here; with a key held down the browser does what it always does. */
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="?"]') : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(new URLSearchParams(link.getAttribute('href') ?? '').get('run') ?? '');
});
onAddress(() => {
  panel.show(readAddress().run);
  filter();
  feed.look();
});
panel.show(readAddress().run);
feed.start();

setInterval(() => !document.hidden && draw(), SECOND_MS);
setInterval(() => !document.hidden && lanes.isMoving() && performance.now() - drawn > LANES_MS / 2 && lanes.update(), LANES_MS);
