import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import styles from './dialog.module.css';

interface PopupProps {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** At its foot, at the right. */
  readonly actions?: ReactNode;
  readonly wide?: boolean;
}

/** What a dialog shows. Escape and the cross close it; the focus goes back to where it was. */
export function Popup({ title, children, actions, wide = false }: PopupProps) {
  return (
    <Dialog.Portal>
      <Dialog.Backdrop className={styles['backdrop']} />
      <Dialog.Popup className={styles['popup']} data-size={wide ? 'wide' : undefined}>
        <header className={styles['head']}>
          <Dialog.Title>{title}</Dialog.Title>
          <Dialog.Close render={<IconButton label="Close" icon={X} />} />
        </header>
        <div className={styles['body']}>{children}</div>
        {actions && <footer className={styles['foot']}>{actions}</footer>}
      </Dialog.Popup>
    </Dialog.Portal>
  );
}
