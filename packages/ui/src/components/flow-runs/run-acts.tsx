import { Menu } from '@base-ui/react/menu';
import { isFinal } from '@sluice/core/model/state-type';
import { useNavigate } from '@tanstack/react-router';
import { Ban, EllipsisVertical, Play, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { FlowRun } from '../../api/flow-runs.ts';
import { copyText } from '../../lib/copy-text.ts';
import { ActButton } from '../acts/act-button.tsx';
import { ActDialog } from '../acts/act-dialog.tsx';
import { Button, IconButton } from '../base/button.tsx';
import menu from '../base/menu.module.css';
import { say } from '../base/toast.tsx';
import { cancelAct, deleteAct, resumeAct, retryAct } from './acts.ts';
import { RestartDialog } from './restart-dialog.tsx';
import { StateDialog } from './state-dialog.tsx';
import { waitsForInput } from './waits-for-input.ts';

type Open = 'cancel' | 'retry' | 'restart' | 'state' | 'delete';

/** What can be done with a run: what is next of all in a button, the rest in a menu. The server refuses what cannot be done. */
export function RunActs({ run }: { readonly run: FlowRun }) {
  const [open, setOpen] = useState<Open>();
  const navigate = useNavigate();
  const close = () => setOpen(undefined);
  const acts: { readonly [O in Open]?: ReturnType<typeof cancelAct> } = {
    cancel: cancelAct(run),
    retry: retryAct(run),
    delete: deleteAct(run, () => void navigate({ to: '/runs' })),
  };
  async function copyId(): Promise<void> {
    await copyText(run.id);
    say('The id is copied.');
  }
  const item = (text: string, act: Open, isDanger = false) => (
    <Menu.Item className={menu['item']} data-danger={isDanger || undefined} onClick={() => setOpen(act)}>
      {text} …
    </Menu.Item>
  );
  return (
    <>
      <MainAct run={run} />
      <Menu.Root>
        <Menu.Trigger render={<IconButton label="More to do" icon={EllipsisVertical} />} />
        <Menu.Portal>
          <Menu.Positioner sideOffset={6} align="end" className={menu['positioner']}>
            <Menu.Popup className={menu['popup']}>
              {isFinal(run.state_type) ? item('Retry', 'retry') : item('Cancel', 'cancel', true)}
              {item('Restart from a task', 'restart')}
              {run.deployment_id && (
                <Menu.Item className={menu['item']} onClick={() => void navigate({ to: likeOf(run) })}>
                  Run again with these parameters
                </Menu.Item>
              )}
              {item('Change the state', 'state')}
              <Menu.Item className={menu['item']} onClick={() => void copyId()}>
                Copy the id
              </Menu.Item>
              <Menu.Separator className={menu['separator']} />
              {item('Delete', 'delete', true)}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <ActDialog act={open && acts[open]} onClose={close} />
      {open === 'restart' && <RestartDialog run={run} onClose={close} />}
      {open === 'state' && <StateDialog run={run} onClose={close} />}
    </>
  );
}

/** Where the form of its deployment has its parameters. */
const likeOf = ({ deployment_id, id }: FlowRun): string => `/deployments/${deployment_id}?like=${id}`;

function MainAct({ run }: { readonly run: FlowRun }) {
  const navigate = useNavigate();
  const { state_type: type } = run;
  // What it asks, and the button that answers, stand below.
  if (waitsForInput(run)) return null;
  if (type === 'PAUSED') return <ActButton act={resumeAct(run)} label="Resume" icon={Play} kind="primary" />;
  if (!isFinal(type)) return <ActButton act={cancelAct(run)} label="Cancel" icon={Ban} kind="danger" />;
  if (type !== 'COMPLETED') return <ActButton act={retryAct(run)} label="Retry" icon={RotateCcw} kind="primary" />;
  if (!run.deployment_id) return null;
  return (
    <Button icon={Play} onClick={() => void navigate({ to: likeOf(run) })}>
      Run again
    </Button>
  );
}
