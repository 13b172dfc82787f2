import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../base/button.tsx';
import type { Act } from './act.ts';
import { ActDialog } from './act-dialog.tsx';

interface ActButtonProps {
  readonly act: Act;
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly kind?: 'plain' | 'primary' | 'danger';
}

/** A button that asks first, and does it then. */
export function ActButton({ act, label, icon, kind }: ActButtonProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon={icon} kind={kind} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <ActDialog act={isOpen ? act : undefined} onClose={() => setOpen(false)} />
    </>
  );
}
