import { z } from 'zod';
import { jsonObject, natural, uuid } from '../model/common.ts';
import { limited } from '../model/field-limits.ts';
import { CountByState, EndedCount, NextRun, RunPoint, TaskRunOfFlowRun } from '../model/ui.ts';
import { runFilters, sort } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'pages';
const ids = z.array(uuid).max(200);
const filters = z.strictObject(runFilters).prefault({});

/** What Prefect's own pages ask beside the lists. */
export const uiRoutes = {
  'POST /ui/flow_runs/history': defineRoute({
    summary: 'List flow runs as points of a chart',
    tag,
    body: z
      .strictObject({
        ...runFilters,
        sort: sort('flow_run', 'EXPECTED_START_TIME_DESC'),
        limit: natural.max(1000).default(1000),
        offset: natural.default(0),
      })
      .prefault({}),
    ok: z.array(RunPoint),
  }),
  'POST /ui/flow_runs/count-task-runs': defineRoute({
    summary: 'Count the task runs of flow runs, without those that stand for subflows',
    tag,
    body: z.strictObject({ flow_run_ids: ids }),
    ok: z.record(uuid, natural),
  }),
  'POST /ui/flows/count-deployments': defineRoute({
    summary: 'Count the deployments of flows',
    tag,
    body: z.strictObject({ flow_ids: ids }),
    ok: z.record(uuid, natural),
  }),
  'POST /ui/flows/next-runs': defineRoute({
    summary: 'Read the next run of each flow',
    tag,
    body: z.strictObject({ flow_ids: ids }),
    ok: z.record(uuid, NextRun.nullable()),
  }),
  'POST /ui/schemas/validate': defineRoute({
    summary: 'Check values by a JSON schema',
    tag,
    body: z.strictObject({ schema: limited('parameter_openapi_schema', jsonObject), values: limited('parameters', jsonObject) }),
    ok: z.object({ errors: z.array(z.string()), valid: z.boolean() }),
  }),
  'POST /ui/task_runs/dashboard/counts': defineRoute({
    summary: 'Count ended task runs in twenty spans since task_runs.start_time.after_',
    tag,
    body: filters,
    ok: z.array(EndedCount),
  }),
  'POST /ui/task_runs/count': defineRoute({ summary: 'Count task runs by the types of their states', tag, body: filters, ok: CountByState }),
  'GET /ui/task_runs/{id}': defineRoute({
    summary: 'Read a task run, with the name of its flow run',
    tag,
    params: z.object({ id: uuid }),
    ok: TaskRunOfFlowRun,
  }),
};
