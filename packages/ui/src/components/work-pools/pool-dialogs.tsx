import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { WorkPool, WorkQueue } from '../../api/work-pools.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { useAsSeen } from '../acts/use-as-seen.ts';
import { FieldRow, TextArea, TextField } from '../base/field.tsx';
import { changePool, changeQueue, createPool, createQueue } from './acts.ts';
import { changedOf, type PlaceFields } from './place-fields.ts';

interface Closing {
  readonly onClose: () => void;
}

const NO_LIMIT = 'Nothing: no limit.';
const FIRST = 'The queue with the lowest number is served first.';

export function CreatePool({ onClose }: Closing) {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [limit, setLimit] = useState('');
  const [description, setDescription] = useState('');
  const body = { name, type: 'process', ...(limit && { concurrency_limit: Number(limit) }), ...(description && { description }) };
  const act = createPool(body, (pool) => void navigate({ to: '/work-pools/$name', params: { name: pool.name } }));
  return (
    <ActDialog act={act} onClose={onClose} isReady={name !== ''}>
      <FieldRow>
        <TextField label="Name" value={name} onChange={setName} />
        <TextField label="Most active runs" type="number" value={limit} onChange={setLimit} hint={NO_LIMIT} />
      </FieldRow>
      <TextArea label="Description" value={description} onChange={setDescription} rows={2} />
    </ActDialog>
  );
}

export function EditPool({ pool: now, onClose }: Closing & { readonly pool: WorkPool }) {
  const { before, asSeen, onFault } = useAsSeen(now);
  const [fields, setFields] = useState<PlaceFields>({});
  const changes = changedOf(before, fields);
  const isReady = Object.keys(changes).length > 0;
  return (
    <ActDialog act={changePool(before, changes, asSeen)} onClose={onClose} isReady={isReady} onFault={onFault}>
      <TextField
        label="Most active runs"
        type="number"
        value={fields.limit ?? String(before.concurrency_limit ?? '')}
        onChange={(limit) => setFields({ ...fields, limit })}
        hint={NO_LIMIT}
      />
      <TextArea
        label="Description"
        value={fields.description ?? before.description ?? ''}
        onChange={(description) => setFields({ ...fields, description })}
        rows={2}
      />
    </ActDialog>
  );
}

export function CreateQueue({ pool, onClose }: Closing & { readonly pool: string }) {
  const [name, setName] = useState('');
  const [limit, setLimit] = useState('');
  const [priority, setPriority] = useState('');
  const body = { name, ...(limit && { concurrency_limit: Number(limit) }), ...(priority && { priority: Number(priority) }) };
  return (
    <ActDialog act={createQueue(pool, body)} onClose={onClose} isReady={name !== ''}>
      <TextField label="Name" value={name} onChange={setName} />
      <FieldRow>
        <TextField label="Priority" type="number" value={priority} onChange={setPriority} hint={FIRST} />
        <TextField label="Most active runs" type="number" value={limit} onChange={setLimit} hint={NO_LIMIT} />
      </FieldRow>
    </ActDialog>
  );
}

export function EditQueue({ queue: now, onClose }: Closing & { readonly queue: WorkQueue }) {
  const { before, asSeen, onFault } = useAsSeen(now);
  const [fields, setFields] = useState<PlaceFields>({});
  const changes = changedOf(before, fields);
  const isReady = Object.keys(changes).length > 0 && fields.priority !== '';
  return (
    <ActDialog act={changeQueue(before, changes, asSeen)} onClose={onClose} isReady={isReady} onFault={onFault}>
      <FieldRow>
        <TextField
          label="Priority"
          type="number"
          value={fields.priority ?? String(before.priority)}
          onChange={(priority) => setFields({ ...fields, priority })}
          hint={FIRST}
        />
        <TextField
          label="Most active runs"
          type="number"
          value={fields.limit ?? String(before.concurrency_limit ?? '')}
          onChange={(limit) => setFields({ ...fields, limit })}
          hint={NO_LIMIT}
        />
      </FieldRow>
      <TextArea
        label="Description"
        value={fields.description ?? before.description ?? ''}
        onChange={(description) => setFields({ ...fields, description })}
        rows={2}
      />
    </ActDialog>
  );
}
