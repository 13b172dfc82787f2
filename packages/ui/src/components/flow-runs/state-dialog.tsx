import { STATE_TYPES, type StateType } from '@sluice/core/model/state-type';
import { useState } from 'react';
import type { FlowRun } from '../../api/flow-runs.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { CheckField, SelectField, TextField } from '../base/field.tsx';
import { stateAct } from './acts.ts';

/** Gives a run another state by hand. */
export function StateDialog({ run, onClose }: { readonly run: FlowRun; readonly onClose: () => void }) {
  const [type, setType] = useState<StateType>('COMPLETED');
  const [message, setMessage] = useState('');
  const [force, setForce] = useState(false);
  return (
    <ActDialog act={stateAct(run, type, message, force)} onClose={onClose}>
      <SelectField
        label="State"
        value={type}
        choices={STATE_TYPES.map((each) => [each, each] as const)}
        onChange={(value) => setType(value as StateType)}
      />
      <TextField label="Message" value={message} onChange={setMessage} hint="Why, for whoever reads its history." />
      <CheckField label="Also when the rules would refuse it" isOn={force} onChange={setForce} />
    </ActDialog>
  );
}
