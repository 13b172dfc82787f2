import { Dialog } from '@base-ui/react/dialog';
import { Link } from '@tanstack/react-router';
import { Menu } from 'lucide-react';
import { useState } from 'react';
import { Popup } from '../components/base/dialog.tsx';
import styles from './all-pages.module.css';
import { PAGES } from './pages.ts';

/** On a phone: the pages that have no room at the foot of the screen, and all the others. */
export function AllPages({ isHere }: { readonly isHere: (page: string) => boolean }) {
  const [isOpen, setOpen] = useState(false);
  const isElsewhere = PAGES.some(({ path, onPhone }) => !onPhone && isHere(path));
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger className={styles['trigger']} data-here={isElsewhere || undefined}>
        <Menu size={17} strokeWidth={1.8} aria-hidden="true" />
        <span>All pages</span>
      </Dialog.Trigger>
      <Popup title="All pages">
        <ul className={styles['pages']}>
          {PAGES.map(({ path, title, icon: Icon }) => (
            <li key={path}>
              <Link to={path} aria-current={isHere(path) ? 'page' : undefined} onClick={() => setOpen(false)}>
                <Icon size={17} strokeWidth={1.8} aria-hidden="true" />
                {title}
              </Link>
            </li>
          ))}
        </ul>
      </Popup>
    </Dialog.Root>
  );
}
