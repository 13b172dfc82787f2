import { Pencil } from 'lucide-react';
import { useState } from 'react';
import type { Deployment } from '../../api/deployments.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { Button } from '../base/button.tsx';
import { TextArea, TextField } from '../base/field.tsx';
import { tagsOf } from '../base/tags.tsx';
import { editAct } from './acts.ts';

interface EditProps {
  readonly deployment: Deployment;
  readonly flow: string | undefined;
}

/** Changes what people say of a deployment, and how many of its runs may be active. */
export function EditDeployment(props: EditProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon={Pencil} onClick={() => setOpen(true)}>
        Edit
      </Button>
      {isOpen && <EditDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function EditDialog({ deployment: now, flow, onClose }: EditProps & { readonly onClose: () => void }) {
  // As it was when the dialog was opened: what others change meanwhile is not taken back.
  const [before] = useState(now);
  const [description, setDescription] = useState(before.description ?? '');
  const [tags, setTags] = useState(before.tags.join(', '));
  const [limit, setLimit] = useState(String(before.concurrency_limit ?? ''));
  const changes = {
    ...(description !== (before.description ?? '') && { description: description || null }),
    ...(tags !== before.tags.join(', ') && { tags: tagsOf(tags) }),
    ...(limit !== String(before.concurrency_limit ?? '') && { concurrency_limit: limit === '' ? null : Number(limit) }),
  };
  return (
    <ActDialog act={editAct(before, flow, changes)} onClose={onClose} isReady={Object.keys(changes).length > 0}>
      <TextArea label="Description" value={description} onChange={setDescription} />
      <TextField label="Tags" value={tags} onChange={setTags} hint="With commas between them. Runs that it makes have them too." />
      <TextField label="Most active runs" type="number" value={limit} onChange={setLimit} hint="Nothing: no limit." />
    </ActDialog>
  );
}
