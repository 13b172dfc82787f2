import type { Client } from '@sluice/client';
import { type Item, KIND_NAMES, type Kind, type KindName } from './item.ts';
import { automations } from './kinds/automations.ts';
import { blockSchemas } from './kinds/block-schemas.ts';
import { blocks, blockTypes } from './kinds/blocks.ts';
import { deployments } from './kinds/deployments.ts';
import { flows } from './kinds/flows.ts';
import { globalLimits, tagLimits } from './kinds/limits.ts';
import { notificationPolicies } from './kinds/notification-policies.ts';
import { workPools, workQueues } from './kinds/places.ts';
import { variables } from './kinds/variables.ts';

export const KINDS: { readonly [K in KindName]: Kind } = {
  'work pool': workPools,
  'work queue': workQueues,
  'tag limit': tagLimits,
  'concurrency limit': globalLimits,
  variable: variables,
  'block type': blockTypes,
  'block schema': blockSchemas,
  block: blocks,
  flow: flows,
  deployment: deployments,
  'notification policy': notificationPolicies,
  automation: automations,
};

/** All that can be copied of a server, a Prefect one or ours. */
export async function readItems(client: Client): Promise<Item[]> {
  const items: Item[] = [];
  for (const kind of KIND_NAMES) items.push(...(await KINDS[kind].list(client)));
  return items;
}
