import { Pencil } from 'lucide-react';
import { useState } from 'react';
import type { Automation } from '../../api/automations.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { useAsSeen } from '../acts/use-as-seen.ts';
import { Button } from '../base/button.tsx';
import { editAct } from './acts.ts';
import { useAutomationForm } from './automation-form.tsx';
import { type Body, bodyOf, changedBody, FIRST_DRAFT, readBody } from './bodies.ts';

/** Changes an automation: by the form that makes one, where that can show it. */
export function EditAutomation({ automation }: { readonly automation: Automation }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon={Pencil} onClick={() => setOpen(true)}>
        Edit
      </Button>
      {isOpen && <EditDialog automation={automation} onClose={() => setOpen(false)} />}
    </>
  );
}

function EditDialog({ automation: now, onClose }: { readonly automation: Automation; readonly onClose: () => void }) {
  const { before, asSeen, onFault: onConflict } = useAsSeen(now);
  const { body, content, isReady, onFault } = useAutomationForm<Body>({
    first: bodyOf(before),
    toBody: (draft) => changedBody(bodyOf(asSeen), readBody(bodyOf(before)) ?? FIRST_DRAFT, draft),
  });
  return (
    <ActDialog act={editAct(before, body, asSeen)} onClose={onClose} onFault={(error) => onFault(error) || onConflict(error)} isReady={isReady} wide>
      {content}
    </ActDialog>
  );
}
