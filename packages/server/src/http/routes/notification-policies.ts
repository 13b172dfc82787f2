import { compileFilter } from '../../store/filters.ts';
import { deleteNotificationPolicy, insertNotificationPolicy, updateNotificationPolicy } from '../../store/notification-policies.ts';
import { listRecords, readRecord } from '../../store/records.ts';
import { expectFound, found } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string} /flow_run_notification_policies/${string}`>;

const view = 'flow_run_notification_policy_view';
const what = 'Flow run notification policy';

export const notificationPolicyHandlers = ({ database: { sql }, newId }: Deps): Handlers<Keys> => ({
  'POST /flow_run_notification_policies/': async ({ body }) => {
    const id = newId();
    await insertNotificationPolicy(sql, id, body);
    return found(what, await readRecord(sql, view, { id }));
  },
  'GET /flow_run_notification_policies/{id}': async ({ params }) => found(what, await readRecord(sql, view, { id: params.id })),
  'PATCH /flow_run_notification_policies/{id}': async ({ params, body }) => expectFound(what, await updateNotificationPolicy(sql, params.id, body)),
  'DELETE /flow_run_notification_policies/{id}': async ({ params }) => expectFound(what, await deleteNotificationPolicy(sql, params.id)),
  'POST /flow_run_notification_policies/filter': async ({ body }) =>
    new Reply(
      await listRecords(sql, view, {
        ...body,
        where: compileFilter(sql, 'flow_run_notification_policy', body.flow_run_notification_policy_filter),
        order: 'id',
      }),
    ),
});
