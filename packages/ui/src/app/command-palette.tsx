import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import styles from './command-palette.module.css';
import { useShortcut } from './shortcuts.ts';

const Commands = lazy(async () => ({ default: (await import('./commands.tsx')).Commands }));

/** Goes to any page, or to what has a page of its own, by a part of its name: ⌘K or Ctrl+K. */
export function CommandPalette() {
  const [isOpen, setOpen] = useState(false);
  useShortcut('mod+k', () => setOpen(true));
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger className={styles['trigger']}>
        <Search size={15} aria-hidden="true" />
        <span>Search and go</span>
        <kbd>⌘K</kbd>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Popup className={styles['popup']} aria-label="Search and go">
          <Suspense>
            <Commands onGo={() => setOpen(false)} />
          </Suspense>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
