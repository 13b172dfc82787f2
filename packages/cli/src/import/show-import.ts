import { column } from '../render/column.ts';
import { counted } from '../render/counted.ts';
import type { CopiedItem } from './copy-items.ts';
import { schedulesOf } from './kinds/deployments.ts';
import type { Fate, PlannedItem } from './plan-import.ts';

const WORDS: Readonly<Record<Fate, string>> = { new: 'new', same: 'there already', different: 'differs', impossible: 'cannot be copied' };

/** A line for each record that is not there as it is at the source. */
export const IMPORT_COLUMNS = [
  column<PlannedItem>('What', ({ item }) => item.kind),
  column<PlannedItem>('Name', ({ item }) => item.name),
  column<PlannedItem>('Becomes', ({ fate }) => WORDS[fate]),
  column<PlannedItem>('Why', ({ why }) => why),
];

const countOf = (plan: readonly PlannedItem[], fate: Fate): number => plan.filter((each) => each.fate === fate).length;

/** What the plan comes to, in sentences. Never a value: it may be a secret. */
export function planText(plan: readonly PlannedItem[], { activateSchedules }: { readonly activateSchedules: boolean }): string {
  const fresh = plan.filter(({ fate }) => fate === 'new');
  const active = fresh.flatMap(({ item }) => (item.kind === 'deployment' ? schedulesOf(item.fields) : [])).filter((each) => each['active']);
  const schedules = activateSchedules
    ? 'active: pause them at the other server, or runs are made at both.'
    : 'inactive, so that runs are not made at both servers; --activate-schedules copies them as they are.';
  const differing = countOf(plan, 'different');
  return [
    `${fresh.length} new, ${countOf(plan, 'same')} there already, ${differing} different, ${countOf(plan, 'impossible')} that cannot be copied.`,
    ...(differing > 0 ? ['What differs stays as it is here.'] : []),
    ...(active.length > 0 ? [`${counted(active.length, 'schedule is', 'schedules are')} copied ${schedules}`] : []),
    'Flow runs, their logs, events and artifacts are not copied.',
  ].join('\n');
}

/** The same for a program. */
export const planRecord = ({ item: { kind, name }, fate, why, ...rest }: PlannedItem | CopiedItem) => ({
  kind,
  name,
  fate,
  why: why === '' ? null : why,
  ...('copied' in rest && { copied: rest.copied }),
});
