import type { DeploymentSchedule } from '@sluice/core/model/schedule';
import { changedRule } from '@sluice/core/schedule/changed-rule';
import { useState } from 'react';
import { ActDialog } from '../acts/act-dialog.tsx';
import { useAsSeen } from '../acts/use-as-seen.ts';
import { CheckField } from '../base/field.tsx';
import { addAct, editAct, type NewSchedule, type Owner } from './acts.ts';
import { useScheduleFields } from './schedule-fields.tsx';

interface DialogProps {
  readonly owner: Owner;
  readonly onClose: () => void;
}

/** Asks when runs are to be made. The server reads patterns and rules, and says what is wrong with them. */
export function AddSchedule({ owner, onClose }: DialogProps) {
  const { rule, timezone, catchup, isReady, content } = useScheduleFields();
  const [active, setActive] = useState(true);
  const schedule = { ...rule, timezone } as NewSchedule['schedule'];
  return (
    <ActDialog act={addAct(owner, { schedule, active, ...(catchup !== 'none' && { catchup }) })} onClose={onClose} isReady={isReady} wide>
      {content}
      <CheckField label="It makes runs from now on" isOn={active} onChange={setActive} />
    </ActDialog>
  );
}

/** Changes when a schedule makes runs. What is not touched stays, such as its parameters. */
export function EditSchedule({ owner, schedule: now, onClose }: DialogProps & { readonly schedule: DeploymentSchedule }) {
  const { before, asSeen, onFault } = useAsSeen(now);
  const { rule, timezone, catchup, isReady, content } = useScheduleFields(before);
  const [[kind, value]] = Object.entries(rule) as [[keyof typeof rule, unknown]];
  const isSame = (before.schedule as Readonly<Record<string, unknown>>)[kind] === value;
  const change = { ...(!isSame && rule), ...(timezone !== (before.schedule.timezone ?? 'UTC') && { timezone }) };
  const schedule = changedRule(asSeen.schedule, change);
  const hasChanged = schedule !== undefined || catchup !== before.catchup;
  return (
    <ActDialog
      act={editAct(owner, before, { change, schedule, ...(catchup !== before.catchup && { catchup }) }, asSeen)}
      onClose={onClose}
      onFault={onFault}
      isReady={isReady && hasChanged}
      wide
    >
      {content}
    </ActDialog>
  );
}
