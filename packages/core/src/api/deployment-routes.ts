import { z } from 'zod';
import { uuid } from '../model/common.ts';
import { Deployment, DeploymentCreate, DeploymentUpdate } from '../model/deployment.ts';
import { DeploymentFlowRunCreate, FlowRun } from '../model/flow-run.ts';
import { page, runFilters, sort } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'deployments';
const params = z.object({ id: uuid });

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
  'DELETE /deployments/{id}': defineRoute({ summary: 'Delete a deployment', tag, params, ok: z.undefined(), status: 204 }),
  'POST /deployments/filter': defineRoute({
    summary: 'List deployments',
    tag,
    body: z.strictObject({ ...runFilters, ...page, sort: sort('deployment', 'NAME_ASC') }).prefault({}),
    ok: z.array(Deployment),
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
};
