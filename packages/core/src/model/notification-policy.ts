import { z } from 'zod';
import { stored, tags, uuid } from './common.ts';
import { longText } from './field-limits.ts';

/** What a message may say, in braces, as Prefect 2 names it. */
const NAMES = [
  'flow_id',
  'flow_name',
  'flow_run_id',
  'flow_run_name',
  'flow_run_notification_policy_id',
  'flow_run_parameters',
  'flow_run_state_message',
  'flow_run_state_name',
  'flow_run_state_timestamp',
  'flow_run_state_type',
  'flow_run_url',
];

const template = longText.refine(
  (text) => [...text.replaceAll(/\{\{|\}\}/g, '').matchAll(/\{(\w*)[^}]*\}/g)].every(([, name = '']) => NAMES.includes(name)),
  `may name only ${NAMES.join(', ')} in braces`,
);

const said = { is_active: z.boolean(), state_names: tags, tags, block_document_id: uuid, message_template: template.nullish() };

/** Whom to tell when a flow run comes into a state: Prefect 2 has these, Prefect 3 has automations. */
export const FlowRunNotificationPolicy = z.object({
  ...stored,
  is_active: z.boolean(),
  state_names: z.array(z.string()),
  tags: z.array(z.string()),
  block_document_id: uuid,
  message_template: z.string().nullable(),
});
export type FlowRunNotificationPolicy = z.infer<typeof FlowRunNotificationPolicy>;

export const FlowRunNotificationPolicyCreate = z.strictObject({ ...said, is_active: said.is_active.default(true) });
export type FlowRunNotificationPolicyCreate = z.infer<typeof FlowRunNotificationPolicyCreate>;

export const FlowRunNotificationPolicyUpdate = z.strictObject(said).partial();
export type FlowRunNotificationPolicyUpdate = z.infer<typeof FlowRunNotificationPolicyUpdate>;
