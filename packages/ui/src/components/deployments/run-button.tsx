import { Play } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { Deployment } from '../../api/deployments.ts';
import { Button, IconButton } from '../base/button.tsx';

const RunDialog = lazy(async () => ({ default: (await import('./run-dialog.tsx')).RunDialog }));

interface RunButtonProps {
  readonly deployment: Deployment;
  readonly flow: string | undefined;
  /** An icon alone. */
  readonly isSmall?: boolean;
  /** A run whose parameters stand in the form at first; with it the dialog is open. */
  readonly like?: string | undefined;
  readonly onClose?: () => void;
}

/** Starts a run of a deployment, by a dialog that asks for its parameters. */
export function RunButton({ deployment, flow, isSmall = false, like, onClose }: RunButtonProps) {
  const [isOpen, setOpen] = useState(like !== undefined);
  function close(): void {
    setOpen(false);
    onClose?.();
  }
  return (
    <>
      {isSmall ? (
        <IconButton label={`Run ${deployment.name}`} icon={Play} onClick={() => setOpen(true)} />
      ) : (
        <Button kind="primary" icon={Play} onClick={() => setOpen(true)}>
          Run
        </Button>
      )}
      {isOpen && (
        <Suspense>
          <RunDialog deployment={deployment} flow={flow} like={like} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
