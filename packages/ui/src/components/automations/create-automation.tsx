import { useNavigate } from '@tanstack/react-router';
import { ActDialog } from '../acts/act-dialog.tsx';
import { createAct } from './acts.ts';
import { useAutomationForm } from './automation-form.tsx';
import { type Said, saidBy } from './bodies.ts';

/** Asks for an automation. */
export function CreateAutomation({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const { body, content, isReady, onFault } = useAutomationForm<Said>({ first: undefined, toBody: saidBy });
  const act = createAct(body as never, (id) => void navigate({ to: '/automations/$id', params: { id } }));
  return (
    <ActDialog act={act} onClose={onClose} onFault={onFault} isReady={isReady} wide>
      {content}
    </ActDialog>
  );
}
