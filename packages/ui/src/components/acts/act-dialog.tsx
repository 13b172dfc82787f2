import { Dialog } from '@base-ui/react/dialog';
import { type FormEvent, type ReactNode, useId } from 'react';
import { Button } from '../base/button.tsx';
import { CopyLine } from '../base/copy-line.tsx';
import { Popup } from '../base/dialog.tsx';
import { Fault } from '../base/notice.tsx';
import type { Act } from './act.ts';
import styles from './act-dialog.module.css';
import { useAct } from './use-act.ts';

interface ActDialogProps {
  /** Open while there is one. */
  readonly act: Act | undefined;
  readonly onClose: () => void;
  /** Fields that the act is made from: it may be another one with each key that is pressed. */
  readonly children?: ReactNode;
  readonly wide?: boolean;
  /** Whether it can be done now; what is wrong is said by the fields. */
  readonly isReady?: boolean;
  /** Hears what the server refuses. True when the fields show it: then it is not shown once more. */
  readonly onFault?: (error: unknown) => boolean;
}

/** What an act will do, how else it is done, and the button that does it. The page refuses nothing: the server's words are shown. */
export function ActDialog({ act, ...rest }: ActDialogProps) {
  return (
    <Dialog.Root open={act !== undefined} onOpenChange={(isOpen) => isOpen || rest.onClose()}>
      {act && <ActPopup act={act} {...rest} />}
    </Dialog.Root>
  );
}

function ActPopup({ act, onClose, children, wide = false, isReady = true, onFault }: ActDialogProps & { readonly act: Act }) {
  const { isBusy, error, run } = useAct(onFault);
  const form = useId();
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    event.stopPropagation(); // a dialog may stand in a form of the page
    if (isReady && (await run(act))) onClose();
  }
  const actions = (
    <>
      <Dialog.Close render={<Button />}>Not now</Dialog.Close>
      <Button type="submit" form={form} kind={act.kind} disabled={isBusy || !isReady} aria-busy={isBusy}>
        {isBusy ? 'Wait …' : act.confirm}
      </Button>
    </>
  );
  return (
    <Popup title={act.title} wide={wide} actions={actions}>
      {act.about && <div>{act.about}</div>}
      <form id={form} className={styles['form']} onSubmit={(event) => void submit(event)}>
        {children}
      </form>
      {error !== undefined && <Fault error={error} />}
      <OtherWays act={act} />
    </Popup>
  );
}

/** The same act without this page. */
export function OtherWays({ act: { command, call } }: { readonly act: Act }) {
  return (
    <div className={styles['ways']}>
      {command && (
        <>
          <h3>On the command line</h3>
          <CopyLine text={command} label="Copy the command" />
        </>
      )}
      <h3>By the API</h3>
      <CopyLine text={call} label="Copy the call" />
    </div>
  );
}
