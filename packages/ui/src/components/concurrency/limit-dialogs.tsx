import { useState } from 'react';
import type { GlobalLimit } from '../../api/limits.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { useAsSeen } from '../acts/use-as-seen.ts';
import { CheckField, FieldRow, TextField } from '../base/field.tsx';
import { Segments } from '../base/segments.tsx';
import { changeAct, createAct } from './acts.ts';

interface Closing {
  readonly onClose: () => void;
}

export function CreateLimit({ onClose }: Closing) {
  const [kind, setKind] = useState('tag');
  const [name, setName] = useState('');
  const [limit, setLimit] = useState('3');
  const body = { name: `${kind === 'tag' ? 'tag:' : ''}${name}`, limit: Number(limit) };
  return (
    <ActDialog act={createAct(body)} onClose={onClose} isReady={name !== '' && limit !== ''}>
      <Segments label="What it limits" value={kind} choices={{ tag: 'Tasks with a tag', named: 'A name that flows ask for' }} onChange={setKind} />
      <FieldRow>
        <TextField label={kind === 'tag' ? 'Tag' : 'Name'} value={name} onChange={setName} />
        <TextField label="Slots" type="number" value={limit} onChange={setLimit} />
      </FieldRow>
    </ActDialog>
  );
}

export function EditLimit({ limit: now, onClose }: Closing & { readonly limit: GlobalLimit }) {
  const { before, asSeen, onFault } = useAsSeen(now);
  const [limit, setLimit] = useState(String(before.limit));
  const [decay, setDecay] = useState(String(before.slot_decay_per_second));
  const [isActive, setActive] = useState(before.active);
  const changes = {
    ...(limit !== String(before.limit) && { limit: Number(limit) }),
    ...(decay !== String(before.slot_decay_per_second) && { slot_decay_per_second: Number(decay) }),
    ...(isActive !== before.active && { active: isActive }),
  };
  const isReady = Object.keys(changes).length > 0 && limit !== '' && decay !== '';
  return (
    <ActDialog act={changeAct(before, changes, asSeen)} onClose={onClose} isReady={isReady} onFault={onFault}>
      <FieldRow>
        <TextField label="Slots" type="number" value={limit} onChange={setLimit} />
        <TextField
          label="Slots freed a second"
          type="number"
          step="any"
          value={decay}
          onChange={setDecay}
          hint="For a rate instead of a number at once; 0: none."
        />
      </FieldRow>
      <CheckField label="It is asked for slots; off, everybody passes" isOn={isActive} onChange={setActive} />
    </ActDialog>
  );
}
