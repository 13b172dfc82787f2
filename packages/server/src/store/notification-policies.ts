import type {
  FlowRunNotificationPolicy,
  FlowRunNotificationPolicyCreate,
  FlowRunNotificationPolicyUpdate,
} from '@sluice/core/model/notification-policy';
import type { Sql } from '../db/database.ts';
import { type Columns, deleteRow, insertRow, updateRow } from './rows.ts';

const TABLE = 'flow_run_notification_policy';
const COLUMNS: Columns = { is_active: 'boolean', state_names: 'text[]', tags: 'text[]', block_document_id: 'uuid', message_template: 'text' };

export const insertNotificationPolicy = (sql: Sql, id: string, policy: FlowRunNotificationPolicyCreate): Promise<boolean> =>
  insertRow(sql, TABLE, COLUMNS, id, policy);
export const updateNotificationPolicy = (sql: Sql, id: string, change: FlowRunNotificationPolicyUpdate): Promise<boolean> =>
  updateRow(sql, TABLE, COLUMNS, { id }, change);
export const deleteNotificationPolicy = (sql: Sql, id: string): Promise<boolean> => deleteRow(sql, TABLE, { id });

export async function readActiveNotificationPolicies(sql: Sql): Promise<FlowRunNotificationPolicy[]> {
  const rows = await sql<{ json: FlowRunNotificationPolicy }[]>`
    select row_to_json(v) as json from flow_run_notification_policy_view v where v.is_active order by v.id`;
  return rows.map(({ json }) => json);
}
