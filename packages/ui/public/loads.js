import { get, post, serverNow } from './api.js';
import { millis } from './format.js';
import { GROUPS, isActive, isFinal } from './states.js';
import { activeRuns, newestFirst, putProgress, putRuns, withoutHistory } from './store.js';

const HOUR_MS = 3_600_000;
const PAGE = 200;
/** A commit may become visible this much later than the time it carries. */
const OVERLAP_MS = 2000;
/** Asked for apart: each list has an index of its own in the database, both together have none (4 ms against 500 with a million old runs). */
const STARTED = GROUPS.running.types;
const QUEUED = GROUPS.queued.types;
/** Long before any run. */
const LONG_AGO = '2000-01-01T00:00:00Z';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./feed.js').Job} Job */

const iso = (/** @type {number} */ ms) => new Date(ms).toISOString();

/** @param {Store} store @param {AbortSignal} signal */
async function loadServer(store, signal) {
  store.server = await get('/admin/status', signal);
}

/** Everything, for a start. @param {Store} store @param {AbortSignal} signal */
export async function loadAll(store, signal) {
  const runs = (/** @type {object} */ body) => post('/flow_runs/filter', body, signal);
  const inState = (/** @type {string[]} */ types) => ({ flow_runs: { state: { type: { any_: types } } }, limit: PAGE });
  await loadServer(store, signal);
  const [newest, started, queued] = await Promise.all([
    runs({ limit: PAGE }),
    runs(inState(STARTED)),
    runs({ ...inState(QUEUED), sort: 'NEXT_SCHEDULED_START_TIME_ASC' }),
    loadCounts(store, signal),
    loadPlaces(store, signal),
    loadLimits(store, signal),
  ]);
  store.runs.clear();
  putRuns(store, [...newest, ...started, ...queued]);
  await loadFlows(store, signal);
  await loadProgress(store, signal);
}

/** @param {Store} store @returns {Job[]} */
export function createJobs(store) {
  const busy = () => activeRuns(store).length > 0;
  return [
    { every: () => 10_000, gap: () => 250 + 5 * fresh, run: (signal) => loadNewRuns(store, signal) },
    { every: () => (busy() ? 1000 : 10_000), gap: () => 1000, run: (signal) => loadProgress(store, signal) },
    { every: () => 10_000, gap: () => 1000, run: (signal) => loadCounts(store, signal) },
    { every: () => 10_000, gap: () => 2000, run: (signal) => loadLimits(store, signal) },
    { every: () => (withoutHistory(store).length > 0 ? 200 : 60_000), gap: () => 200, run: (signal) => loadHistory(store, signal) },
    { every: () => (openRuns(store).length > 0 ? 2000 : 60_000), gap: () => 500, run: (signal) => loadReasons(store, signal) },
    { every: () => 5000, run: (signal) => loadPlaces(store, signal) },
    { every: () => 60_000, run: (signal) => loadServer(store, signal) },
  ];
}

/** How many runs the last look brought: the more there are, the less often they are fetched. */
let fresh = 0;

/** Runs that were made since the last look, and those with a process: what they wait for changes without a new state. @param {Store} store @param {AbortSignal} signal */
async function loadNewRuns(store, signal) {
  const newest = Math.max(0, ...Array.from(store.runs.values(), ({ created }) => millis(created) ?? 0));
  const flow_runs = {
    operator: 'or_',
    state: { type: { any_: STARTED } },
    expected_start_time: { after_: newest ? iso(newest - OVERLAP_MS) : LONG_AGO },
  };
  const runs = await post('/flow_runs/filter', { flow_runs, limit: PAGE }, signal);
  fresh = runs.length;
  putRuns(store, runs);
  await loadFlows(store, signal);
  const workers = new Set(store.workers.map(({ name }) => name));
  if (activeRuns(store).some(({ worker_name }) => worker_name && !workers.has(worker_name))) await loadPlaces(store, signal);
}

/** Names of flows that are not known yet. @param {Store} store @param {AbortSignal} signal */
async function loadFlows(store, signal) {
  const unknown = new Set(Array.from(store.runs.values(), ({ flow_id }) => flow_id).filter((id) => !store.flows.has(id)));
  if (unknown.size === 0) return;
  const flows = await post('/flows/filter', { flows: { id: { any_: [...unknown] } } }, signal);
  for (const { id, name } of flows) store.flows.set(id, name);
}

/** Open runs by state, and those that ended in the last hour. @param {Store} store @param {AbortSignal} signal */
async function loadCounts(store, signal) {
  const now = serverNow();
  const span = { history_start: LONG_AGO, history_end: iso(now + OVERLAP_MS), history_interval_seconds: now / 1000 };
  const history = (/** @type {object} */ flow_runs) => post('/flow_runs/history', { flow_runs, ...span }, signal);
  const [[others], [queued]] = await Promise.all([
    history({ operator: 'or_', state: { type: { any_: STARTED } }, end_time: { after_: iso(now - HOUR_MS) } }),
    history({ state: { type: { any_: QUEUED } } }),
  ]);
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { state_type, state_name, count_runs } of [...others.states, ...queued.states]) {
    const key = state_name === 'Late' ? 'LATE' : state_type;
    counts[key] = (counts[key] ?? 0) + count_runs;
  }
  store.counts = counts;
}

/** @param {Store} store @param {AbortSignal} signal */
async function loadPlaces(store, signal) {
  const pools = await post('/work_pools/filter', {}, signal);
  const workers = await Promise.all(
    pools.map((/** @type {any} */ { name }) => post(`/work_pools/${encodeURIComponent(name)}/workers/filter`, {}, signal)),
  );
  store.pools = pools;
  store.workers = workers.flat();
}

/** @param {Store} store @param {AbortSignal} signal */
async function loadLimits(store, signal) {
  store.limits = await post('/v2/concurrency_limits/filter', {}, signal);
}

/** Of runs with a process, and once more of those that ended since. @param {Store} store @param {AbortSignal} signal */
async function loadProgress(store, signal) {
  const wanted = [...store.runs.values()].filter((run) => isActive(run) || (isFinal(run) && store.settled.get(run.id) !== run.state_id));
  if (wanted.length === 0) return;
  putProgress(store, await post('/flow_runs/progress', { ids: wanted.map(({ id }) => id) }, signal));
  for (const run of wanted) if (isFinal(run)) store.settled.set(run.id, run.state_id);
}

/** Runs that a reason is asked for, the newest: more are not looked at at once. */
const ASKED = 25;

/** Runs that may have a reason not to go on. @param {Store} store @returns {any[]} */
const openRuns = (store) =>
  newestFirst(store)
    .filter((run) => !isFinal(run))
    .slice(0, ASKED);

/** @param {Store} store @param {AbortSignal} signal */
async function loadReasons(store, signal) {
  const asked = openRuns(store);
  const answers = await Promise.all(asked.map(({ id }) => get(`/flow_runs/${id}/wait_reason`, signal).catch(() => ({ reason: null }))));
  store.reasons = new Map(asked.map(({ id }, index) => [id, answers[index].reason]));
}

/** One run at a time: few are started twice. @param {Store} store @param {AbortSignal} signal */
async function loadHistory(store, signal) {
  const [run] = withoutHistory(store);
  if (!run) return;
  const states = await get(`/flow_run_states/?flow_run_id=${run.id}`, signal);
  store.histories.set(run.id, { state_id: run.state_id, states });
}

/** The newest runs that a filter lets through, however old they are. @param {Store} store @param {import('./address.js').View} view @param {number} limit */
export async function loadPage(store, { flow, state }, limit) {
  const group = GROUPS[/** @type {keyof typeof GROUPS} */ (state)];
  const runs = await post('/flow_runs/filter', {
    limit: Math.min(limit, PAGE),
    ...(flow && { flows: { name: { any_: [flow] } } }),
    ...(group && { flow_runs: { state: { type: { any_: group.types } } } }),
  });
  store.page = new Set(runs.map((/** @type {any} */ { id }) => id));
  putRuns(store, runs);
}
