import { z } from 'zod';
import { Board } from '../model/board.ts';
import { instant, labels, natural, uuid } from '../model/common.ts';
import { LeaseHolder } from '../model/concurrency-limit.ts';
import { shortText } from '../model/field-limits.ts';
import { FlowRun, FlowRunCreate, FlowRunUpdate, Holder } from '../model/flow-run.ts';
import { RunInput } from '../model/flow-run-input.ts';
import { Progress, ProgressUpdate } from '../model/progress.ts';
import { FlowRunPolicy } from '../model/run-policy.ts';
import { OrchestrationResult, State, StateCreate } from '../model/state.ts';
import { STATE_TYPES } from '../model/state-type.ts';
import { Trace } from '../model/trace.ts';
import { WaitReason } from '../model/wait-reason.ts';
import { page, runFilters, sort } from './filter-schema.ts';
import { pageAfter, pageOf } from './keyset.ts';
import { defineRoute } from './route.ts';
import { RunSummary } from './run-summary.ts';

const tag = 'flow runs';
const params = z.object({ id: uuid });

export const SetState = z.strictObject({ state: StateCreate, force: z.boolean().default(false) });

/**
 * Ours: the process that runs it, and how it is retried, are noted with an accepted state in one write. Prefect's workers send a PATCH
 * of its own.
 */
const SetFlowRunState = SetState.extend({
  infrastructure_pid: shortText.min(1).optional(),
  empirical_policy: FlowRunPolicy.optional(),
  holder: Holder.optional(),
});

/** A bucket of the history: runs by state, counted from the start of the interval. */
export const HistoryBucket = z.object({
  interval_start: instant,
  interval_end: instant,
  states: z.array(
    z.object({
      state_type: z.enum(STATE_TYPES),
      state_name: z.string(),
      count_runs: z.int(),
      sum_estimated_run_time: z.number(),
      sum_estimated_lateness: z.number(),
    }),
  ),
});

export const historyBody = z.strictObject({
  ...runFilters,
  work_queues: runFilters.work_pool_queues,
  history_start: instant,
  history_end: instant,
  history_interval: z.number().min(1).optional(),
  history_interval_seconds: z.number().min(1).optional(),
});

/**
 * `since` names the state of each run that the caller knows already. The answer comes as soon as a run has another one, or all
 * are final, or the time is over; it lists only runs that differ. With `lend` the caller, the holder of a lease, gives its slots
 * to others while it waits; when all runs are final they are given back before the answer. With `any` the answer comes at other
 * news too: of a run that is not named here, or of slots that are free. `waits` says which task waits for which of them, and who
 * called it, where it is not the flow's body for all.
 */
export const WaitRequest = z.strictObject({
  ids: z.array(uuid).max(10_000),
  since: z.record(uuid, uuid).default({}),
  wait_seconds: z.number().min(0).max(60).default(30),
  lend: z.boolean().default(false),
  any: z.boolean().default(false),
  waits: z
    .array(z.object({ within: z.array(LeaseHolder).min(1).max(1000), ids: z.array(uuid).max(10_000) }))
    .max(10_000)
    .optional(),
});

export const WaitAnswer = z.object({ flow_runs: z.array(FlowRun), missing: z.array(uuid), done: z.boolean() });

export const flowRunRoutes = {
  'POST /flow_runs/': defineRoute({ summary: 'Create a flow run', tag, body: FlowRunCreate, ok: FlowRun, status: 201 }),
  'GET /flow_runs/{id}': defineRoute({ summary: 'Read a flow run', tag, params, ok: FlowRun }),
  'PATCH /flow_runs/{id}': defineRoute({ summary: 'Change a flow run', tag, params, body: FlowRunUpdate, ok: z.undefined(), status: 204 }),
  'PATCH /flow_runs/{id}/labels': defineRoute({
    summary: 'Set labels of a flow run, and keep the others',
    tag,
    params,
    body: labels,
    ok: z.undefined(),
    status: 204,
  }),
  'DELETE /flow_runs/{id}': defineRoute({ summary: 'Delete a flow run with its task runs and logs', tag, params, ok: z.undefined(), status: 204 }),
  'POST /flow_runs/filter': defineRoute({
    summary: 'List flow runs',
    tag,
    body: z.strictObject({ ...runFilters, ...page, sort: sort('flow_run', 'ID_DESC') }).prefault({}),
    ok: z.array(FlowRun),
  }),
  'POST /flow_runs/page': defineRoute({
    summary: 'List flow runs page after page, each from where the one before ended',
    tag,
    body: z.strictObject({ ...runFilters, ...pageAfter, sort: sort('flow_run', 'ID_DESC') }).prefault({}),
    ok: pageOf(FlowRun),
    ours: true,
  }),
  'POST /flow_runs/summary': defineRoute({
    summary: 'Count flow runs by the type of their state, up to a bound',
    tag,
    body: z.strictObject(runFilters).prefault({}),
    ok: RunSummary,
    ours: true,
  }),
  'POST /flow_runs/count': defineRoute({ summary: 'Count flow runs', tag, body: z.strictObject(runFilters).prefault({}), ok: z.int() }),
  'POST /flow_runs/history': defineRoute({ summary: 'Count flow runs by state over time', tag, body: historyBody, ok: z.array(HistoryBucket) }),
  'POST /flow_runs/{id}/set_state': defineRoute({
    summary: 'Propose a state',
    tag,
    params,
    body: SetFlowRunState,
    ok: OrchestrationResult,
    status: 201,
  }),
  'POST /flow_runs/{id}/beat': defineRoute({
    summary: 'Say that the process of this flow run is alive, and prolong its lease',
    tag,
    params,
    body: z.strictObject({ epoch: natural }),
    ok: z.object({ lease_seconds: z.number(), cancelling: z.boolean() }),
    ours: true,
  }),
  'POST /flow_runs/{id}/resume': defineRoute({
    summary: 'Let a paused flow run go on',
    tag,
    params,
    body: z.strictObject({ run_input: RunInput.nullish() }).prefault({}),
    ok: OrchestrationResult,
    status: 201,
  }),
  'GET /flow_run_states/': defineRoute({
    summary: 'All states of a flow run, oldest first',
    tag,
    query: z.object({ flow_run_id: uuid }),
    ok: z.array(State),
  }),
  'GET /flow_run_states/{id}': defineRoute({ summary: 'Read a state', tag, params, ok: State }),
  'POST /flow_runs/wait': defineRoute({
    summary: 'Wait until one of these flow runs changes',
    tag,
    waits: true,
    body: WaitRequest,
    ok: WaitAnswer,
    ours: true,
  }),
  'GET /flow_runs/{id}/wait_reason': defineRoute({ summary: 'Why a flow run does not go on', tag, params, ok: WaitReason, ours: true }),
  'GET /flow_runs/{id}/trace': defineRoute({
    summary: 'What a flow run did, and when: its task runs and child flow runs',
    tag,
    params,
    ok: Trace,
    ours: true,
  }),
  'GET /flow_runs/{id}/board': defineRoute({ summary: 'A flow run with all that it started, worker by worker', tag, params, ok: Board, ours: true }),
  'PUT /flow_runs/{id}/progress': defineRoute({
    summary: 'Say how far a flow run is',
    tag,
    params,
    body: ProgressUpdate,
    ok: z.undefined(),
    status: 204,
    ours: true,
  }),
  'POST /flow_runs/progress': defineRoute({
    summary: 'How far these flow runs are',
    tag,
    body: z.strictObject({ ids: z.array(uuid).max(10_000) }),
    ok: z.array(Progress),
    ours: true,
  }),
};
