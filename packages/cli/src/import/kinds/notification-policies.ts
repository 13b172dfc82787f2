import { type FlowRunNotificationPolicy, FlowRunNotificationPolicyCreate } from '@sluice/core/model/notification-policy';
import { type Item, type Kind, keyOf } from '../item.ts';
import { noneWithoutRoute, readAll } from '../read-all.ts';
import { blockId, blockNames } from './blocks.ts';

const anyOf = (names: readonly string[], without: string): string => (names.length > 0 ? names.toSorted().join(' or ') : without);

/** Those of Prefect 2: Prefect 3 has none. They have no names, and are told apart by what they say. */
export const notificationPolicies: Kind = {
  accepts: FlowRunNotificationPolicyCreate.omit({ block_document_id: true }).extend({
    block: FlowRunNotificationPolicyCreate.shape.message_template,
  }),
  list: async (client) => {
    const all = await noneWithoutRoute(readAll(client, 'POST /flow_run_notification_policies/filter'));
    // The page of Prefect 2 makes a block without a name for each.
    const blocks = all.length > 0 ? await blockNames(client, { is_anonymous: null }) : new Map<string, string>();
    const items = all.toSorted((a, b) => Number(a.is_active) - Number(b.is_active)).map((policy) => toItem(policy, blocks));
    // Of two that say the same, the one that is on.
    return [...new Map(items.map((item) => [item.name, item])).values()];
  },
  compared: ({ is_active }) => ({ is_active: is_active ?? null }),
  create: async (client, { fields: { block, ...fields } }) => {
    const block_document_id = await blockId(client, String(block));
    await client.request('POST /flow_run_notification_policies/', { body: { ...fields, block_document_id } as never });
  },
};

function toItem(policy: FlowRunNotificationPolicy, blocks: ReadonlyMap<string, string>): Item {
  const { is_active, state_names, tags, block_document_id, message_template } = policy;
  const block = blocks.get(block_document_id);
  const says = message_template === null ? '' : `: ${JSON.stringify(message_template)}`;
  return {
    kind: 'notification policy',
    name: `${anyOf(state_names, 'every state')} of ${anyOf(tags, 'all runs')} to ${block ?? block_document_id}${says}`,
    fields: { is_active, state_names, tags, message_template, block: block ?? null },
    needs: block ? [keyOf('block', block)] : [],
    cannot: block ? undefined : 'its block is not there',
  };
}
