import { z } from 'zod';
import { Automation, AutomationCreate, AutomationPartialUpdate, AutomationUpdate, TaskWorker, TaskWorkerFilter } from '../model/automation.ts';
import { uuid } from '../model/common.ts';
import { longText, shortText } from '../model/field-limits.ts';
import { automationFilter, page, sort } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'automations';
const byId = z.object({ id: uuid });
const byResource = z.object({ resource_id: shortText });
const none = { ok: z.undefined(), status: 204 } as const;
const template = { body: longText.default(''), ...none, tag, summary: 'Check a template' } as const;

export const automationRoutes = {
  'POST /automations/': defineRoute({ summary: 'Create an automation', tag, body: AutomationCreate, ok: Automation, status: 201 }),
  'GET /automations/{id}': defineRoute({ summary: 'Read an automation', tag, params: byId, ok: Automation }),
  'PUT /automations/{id}': defineRoute({
    summary: 'Replace an automation',
    tag,
    params: byId,
    body: AutomationUpdate,
    guarded: true,
    ...none,
  }),
  'PATCH /automations/{id}': defineRoute({ summary: 'Switch an automation on or off', tag, params: byId, body: AutomationPartialUpdate, ...none }),
  'DELETE /automations/{id}': defineRoute({ summary: 'Delete an automation', tag, params: byId, ...none }),
  'POST /automations/filter': defineRoute({
    summary: 'List automations',
    tag,
    body: z.strictObject({ ...automationFilter, sort: sort('automation', 'NAME_ASC'), ...page }).prefault({}),
    ok: z.array(Automation),
  }),
  'POST /automations/count': defineRoute({ summary: 'Count automations', tag, body: z.strictObject(automationFilter).prefault({}), ok: z.int() }),
  'GET /automations/related-to/{resource_id}': defineRoute({
    summary: 'List automations that have to do with a resource',
    tag,
    params: byResource,
    ok: z.array(Automation),
  }),
  'DELETE /automations/owned-by/{resource_id}': defineRoute({
    summary: 'Delete the automations that belong to a resource',
    tag,
    params: byResource,
    ok: z.null(),
    status: 202,
  }),
  'POST /automations/templates/validate': defineRoute(template),
  'POST /task_workers/filter': defineRoute({
    summary: 'List the workers of background tasks that are connected',
    tag: 'task runs',
    body: z.strictObject({ task_worker_filter: TaskWorkerFilter.nullish() }).prefault({}),
    ok: z.array(TaskWorker),
  }),
  'GET /task_runs/subscriptions/scheduled': defineRoute({
    summary: 'Background tasks as they are scheduled, each to one worker',
    tag: 'task runs',
    ok: z.undefined(),
    reply: 'socket',
  }),
};
