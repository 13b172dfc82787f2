import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Deployment } from '../../api/deployments.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { FieldRow, TextField } from '../base/field.tsx';
import { tagsOf } from '../base/tags.tsx';
import { ValuesForm } from '../schema-form/lazy-form.tsx';
import { LikeRun } from './like-run.tsx';
import { delayFault, newKey, type RunWish, runAct } from './run-act.ts';

interface RunDialogProps {
  readonly deployment: Deployment;
  readonly flow: string | undefined;
  readonly like: string | undefined;
  readonly onClose: () => void;
}

/** Asks for what a run takes, and makes one. */
export function RunDialog({ deployment, flow, like, onClose }: RunDialogProps) {
  const navigate = useNavigate();
  const [parameters, setParameters] = useState<RunWish['parameters']>(deployment.parameters);
  const [fault, setFault] = useState<string>();
  const [refused, setRefused] = useState<readonly string[]>();
  const [name, setName] = useState('');
  const [tags, setTags] = useState('');
  const [delay, setDelay] = useState('');
  const wrongDelay = delayFault(delay);
  const wish = useMemo(
    // The key is of this wish: sent twice it makes one run, and what was changed is another wish.
    () => ({ parameters, name, tags: tagsOf(tags), delay: wrongDelay ? '' : delay, key: newKey() }),
    [parameters, name, tags, delay, wrongDelay],
  );
  function change(value: RunWish['parameters'], fault?: string): void {
    setParameters(value);
    setFault(fault);
    setRefused(undefined);
  }
  function take(error: unknown): boolean {
    if (!isSluiceError(error) || error.code !== 'PARAMETERS_INVALID' || !Array.isArray(error.details)) return false;
    setRefused(error.details.map(String));
    return true;
  }
  const act = runAct(deployment, flow, wish, (id) => void navigate({ to: '/runs/$id', params: { id } }));
  return (
    <ActDialog act={act} onClose={onClose} onFault={take} isReady={!fault && !wrongDelay} wide>
      <LikeRun deployment={deployment} first={like} onTake={(taken) => change(taken)} />
      <ValuesForm
        title="Parameters"
        schema={deployment.parameter_openapi_schema}
        value={parameters}
        onChange={change}
        fault={fault}
        refused={refused}
      />
      <FieldRow>
        <TextField label="Name of the run" value={name} onChange={setName} hint="Nothing: the server makes one." />
        <TextField label="Tags" value={tags} onChange={setTags} hint="With commas between them." />
        <TextField label="Start in" value={delay} onChange={setDelay} fault={wrongDelay} hint="30s, 10m or 2h; nothing: now." />
      </FieldRow>
    </ActDialog>
  );
}
