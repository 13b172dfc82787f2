import { z } from 'zod';
import { instant, natural, uuid } from '../model/common.ts';
import { Deployment, DeploymentCreate, DeploymentUpdate } from '../model/deployment.ts';
import { DeploymentFlowRunCreate, FlowRun } from '../model/flow-run.ts';
import { DeploymentSchedule, DeploymentScheduleCreate, DeploymentScheduleUpdate } from '../model/schedule.ts';
import { WorkQueue } from '../model/work-pool.ts';
import { deploymentFilter, page, runFilters, sort } from './filter-schema.ts';
import { pageNumber, paginated } from './paginate.ts';
import { defineRoute } from './route.ts';

const tag = 'deployments';
const params = z.object({ id: uuid });
const scheduleParams = z.object({ id: uuid, schedule_id: uuid });

/** What Prefect deletes, or makes, at most in one request. */
const MOST_DELETED = 50;
const MOST_MADE = 100;
const MOST_AHEAD = 1000;

/** A time of a schedule. `is_there`: it had its run before. */
const BackfillTime = z.object({ schedule_id: uuid, expected_start_time: instant, is_there: z.boolean() });

export const deploymentRoutes = {
  'POST /deployments/': defineRoute({
    summary: 'Create a deployment, or replace the one of this flow and name',
    tag,
    body: DeploymentCreate,
    ok: Deployment,
    status: 201,
  }),
  'GET /deployments/{id}': defineRoute({ summary: 'Read a deployment', tag, params, ok: Deployment }),
  'GET /deployments/name/{flow_name}/{deployment_name}': defineRoute({
    summary: 'Read a deployment by its name',
    tag,
    params: z.object({ flow_name: z.string(), deployment_name: z.string() }),
    ok: Deployment,
  }),
  'PATCH /deployments/{id}': defineRoute({
    summary: 'Change a deployment',
    tag,
    params,
    body: DeploymentUpdate,
    ok: z.undefined(),
    status: 204,
    guarded: true,
  }),
  'POST /deployments/{id}/pause_deployment': defineRoute({ summary: 'Keep runs of a deployment from starting', tag, params, ok: z.null() }),
  'POST /deployments/{id}/resume_deployment': defineRoute({ summary: 'Let runs of a paused deployment start', tag, params, ok: z.null() }),
  'POST /deployments/{id}/set_schedule_inactive': defineRoute({ summary: 'The same as pause_deployment, for Prefect 2', tag, params, ok: z.null() }),
  'POST /deployments/{id}/set_schedule_active': defineRoute({ summary: 'The same as resume_deployment, for Prefect 2', tag, params, ok: z.null() }),
  'GET /deployments/{id}/schedules': defineRoute({ summary: 'List the schedules of a deployment', tag, params, ok: z.array(DeploymentSchedule) }),
  'POST /deployments/{id}/schedules': defineRoute({
    summary: 'Add schedules to a deployment',
    tag,
    params,
    body: z.array(DeploymentScheduleCreate).max(MOST_MADE),
    ok: z.array(DeploymentSchedule),
    status: 201,
  }),
  'PATCH /deployments/{id}/schedules/{schedule_id}': defineRoute({
    summary: 'Change a schedule of a deployment',
    tag,
    params: scheduleParams,
    body: DeploymentScheduleUpdate,
    guarded: true,
    ok: z.undefined(),
    status: 204,
  }),
  'DELETE /deployments/{id}/schedules/{schedule_id}': defineRoute({
    summary: 'Delete a schedule of a deployment',
    tag,
    params: scheduleParams,
    ok: z.undefined(),
    status: 204,
  }),
  'POST /deployments/{id}/schedule': defineRoute({
    summary: 'Make the runs that the schedules of a deployment have between two instants',
    tag,
    params,
    body: z
      .strictObject({
        start_time: instant.nullish(),
        end_time: instant.nullish(),
        min_time: z.number().min(0).max(3_155_760_000).nullish(),
        min_runs: natural.max(MOST_AHEAD).nullish(),
        max_runs: natural.max(MOST_AHEAD).nullish(),
      })
      .prefault({}),
    ok: z.null(),
  }),
  'POST /deployments/{id}/backfill': defineRoute({
    summary: 'Make the runs that the active schedules of a deployment should have had between two instants, or only list them',
    tag,
    params,
    body: z.strictObject({ start_time: instant, end_time: instant, dry_run: z.boolean().default(false) }),
    ok: z.array(BackfillTime),
    ours: true,
  }),
  'DELETE /deployments/{id}': defineRoute({ summary: 'Delete a deployment', tag, params, ok: z.undefined(), status: 204 }),
  'POST /deployments/filter': defineRoute({
    summary: 'List deployments',
    tag,
    body: z.strictObject({ ...runFilters, ...page, sort: sort('deployment', 'NAME_ASC') }).prefault({}),
    ok: z.array(Deployment),
  }),
  'POST /deployments/paginate': defineRoute({
    summary: 'List deployments, a numbered page at a time',
    tag,
    body: z.strictObject({ ...runFilters, ...pageNumber, sort: sort('deployment', 'NAME_ASC') }).prefault({}),
    ok: paginated(Deployment),
  }),
  'POST /deployments/bulk_delete': defineRoute({
    summary: 'Delete the deployments of a filter, some at a time',
    tag,
    body: z.strictObject({ ...deploymentFilter, limit: natural.min(1).max(MOST_DELETED).default(MOST_DELETED) }).prefault({}),
    ok: z.object({ deleted: z.array(uuid) }),
  }),
  'POST /deployments/get_scheduled_flow_runs': defineRoute({
    summary: 'Runs of deployments that are due, for a process that serves them',
    tag,
    body: z.strictObject({ deployment_ids: z.array(uuid).max(10_000), scheduled_before: instant.nullish(), limit: page.limit }),
    ok: z.array(FlowRun),
  }),
  'GET /deployments/{id}/work_queue_check': defineRoute({
    summary: 'List the work queues that could take up runs of a deployment',
    tag,
    params,
    ok: z.array(WorkQueue),
  }),
  'POST /deployments/count': defineRoute({ summary: 'Count deployments', tag, body: z.strictObject(runFilters).prefault({}), ok: z.int() }),
  'POST /deployments/{id}/create_flow_run': defineRoute({
    summary: 'Run a deployment',
    tag,
    params,
    body: DeploymentFlowRunCreate.prefault({}),
    ok: FlowRun,
    status: 201,
  }),
  'POST /deployments/{id}/create_flow_run/bulk': defineRoute({
    summary: 'Run a deployment several times',
    tag,
    params,
    body: z.array(DeploymentFlowRunCreate).max(10_000),
    ok: z.object({
      results: z.array(z.object({ flow_run_id: uuid.nullable(), status: z.enum(['CREATED', 'FAILED']), error: z.string().nullable() })),
    }),
  }),
};
