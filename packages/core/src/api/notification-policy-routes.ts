import { z } from 'zod';
import { uuid } from '../model/common.ts';
import { FlowRunNotificationPolicy, FlowRunNotificationPolicyCreate, FlowRunNotificationPolicyUpdate } from '../model/notification-policy.ts';
import { notificationPolicyFilter, page } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'flow run notification policies';
const params = z.object({ id: uuid });
const none = { ok: z.undefined(), status: 204 } as const;

/** Prefect 2's: Prefect 3 has automations in their place. */
export const notificationPolicyRoutes = {
  'POST /flow_run_notification_policies/': defineRoute({
    summary: 'Create a notification policy',
    tag,
    body: FlowRunNotificationPolicyCreate,
    ok: FlowRunNotificationPolicy,
    status: 201,
  }),
  'GET /flow_run_notification_policies/{id}': defineRoute({ summary: 'Read a notification policy', tag, params, ok: FlowRunNotificationPolicy }),
  'PATCH /flow_run_notification_policies/{id}': defineRoute({
    summary: 'Change a notification policy',
    tag,
    params,
    body: FlowRunNotificationPolicyUpdate,
    ...none,
  }),
  'DELETE /flow_run_notification_policies/{id}': defineRoute({ summary: 'Delete a notification policy', tag, params, ...none }),
  'POST /flow_run_notification_policies/filter': defineRoute({
    summary: 'List notification policies',
    tag,
    body: z.strictObject({ ...notificationPolicyFilter, ...page }).prefault({}),
    ok: z.array(FlowRunNotificationPolicy),
  }),
};
