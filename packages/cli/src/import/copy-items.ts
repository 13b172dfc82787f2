import type { Client } from '@sluice/client';
import { messageOf } from '@sluice/core/errors/sluice-error';
import { faultsOf } from '../program/faults.ts';
import { type CopyOptions, keyOf } from './item.ts';
import { KINDS } from './kinds.ts';
import type { PlannedItem } from './plan-import.ts';

export interface CopiedItem extends PlannedItem {
  /** Whether it is at the target now because of this copy. */
  readonly copied: boolean;
}

/** Makes what is new, in the order of the plan. What the server refuses is told, and what does not need it is made all the same. */
export async function copyItems(client: Client, plan: readonly PlannedItem[], options: CopyOptions): Promise<CopiedItem[]> {
  const failed = new Set<string>();
  const copied: CopiedItem[] = [];
  for (const planned of plan) {
    const { item, fate } = planned;
    const why = fate === 'new' ? await copy(client, planned, { failed, options }) : planned.why;
    if (fate === 'new' && why !== '') failed.add(keyOf(item.kind, item.name));
    copied.push({ ...planned, why, copied: fate === 'new' && why === '' });
  }
  return copied;
}

/** Why it could not be made; empty when it was. */
async function copy(client: Client, { item }: PlannedItem, { failed, options }: { failed: ReadonlySet<string>; options: CopyOptions }) {
  const lacking = item.needs.find((need) => failed.has(need));
  if (lacking) return `it needs ${lacking}`;
  try {
    await KINDS[item.kind].create(client, item, options);
    return '';
  } catch (error) {
    return whyRefused(error);
  }
}

/** Servers tell in a list which fields they do not take. */
function whyRefused(error: unknown): string {
  const faults = faultsOf(error);
  return faults.length > 0 ? faults.join('; ') : messageOf(error);
}
