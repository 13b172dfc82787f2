import type { Automation } from '../find/automation.ts';
import { type Column, column, instantColumn } from './column.ts';

/** What an automation waits for, in a line. */
function triggerText(trigger: Automation['trigger']): string {
  if (trigger.type !== 'event') return `${trigger.type} of ${trigger.triggers.length}`;
  return `${trigger.posture}: ${trigger.expect.join(', ') || 'any event'}`;
}

const shared: readonly Column<Automation>[] = [
  column('Name', ({ name }) => name),
  column('Enabled', ({ enabled }) => enabled),
  column('Trigger', ({ trigger }) => triggerText(trigger)),
  column('Actions', ({ actions }) => actions.map(({ type }) => type).join(', ')),
];

export const AUTOMATION_COLUMNS: readonly Column<Automation>[] = [...shared, column('ID', ({ id }) => id)];

export const AUTOMATION_FIELDS: readonly Column<Automation>[] = [
  column('ID', ({ id }) => id),
  ...shared,
  column('Description', ({ description }) => description),
  column('Tags', ({ tags }) => tags.join(', ')),
  column('Trigger in full', ({ trigger }) => JSON.stringify(trigger)),
  column('Actions in full', ({ actions }) => JSON.stringify(actions)),
  instantColumn('Updated', ({ updated }) => updated),
];
