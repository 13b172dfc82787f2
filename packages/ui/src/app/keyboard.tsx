import { Dialog } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Popup } from '../components/base/dialog.tsx';
import styles from './keyboard.module.css';
import { PAGES, type Page } from './pages.ts';
import { useShortcut } from './shortcuts.ts';

const KEYS = [
  { keys: ['⌘K'], does: 'Search and go' },
  { keys: ['/'], does: 'Into the search of this page' },
  { keys: ['j', 'k'], does: 'Next and previous row' },
  { keys: ['Enter'], does: 'Open the row' },
  { keys: ['?'], does: 'This list' },
];

/** Keys that work on every page, and the list of them. */
export function Keyboard() {
  const [isOpen, setOpen] = useState(false);
  useShortcut('?', () => setOpen(true));
  useShortcut('/', () => document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus());
  useShortcut('j', () => step(1));
  useShortcut('k', () => step(-1));
  return (
    <>
      {PAGES.map((page) => (
        <GoTo key={page.path} page={page} />
      ))}
      <Dialog.Root open={isOpen} onOpenChange={setOpen}>
        <Popup title="Keys">
          <dl className={styles['keys']}>
            {KEYS.map(({ keys, does }) => (
              <Line key={does} keys={keys} does={does} />
            ))}
            {PAGES.map(({ key, title }) => (
              <Line key={title} keys={['g', key]} does={`Go to ${title}`} />
            ))}
          </dl>
        </Popup>
      </Dialog.Root>
    </>
  );
}

function Line({ keys, does }: { readonly keys: readonly string[]; readonly does: string }) {
  return (
    <>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{does}</dd>
    </>
  );
}

function GoTo({ page: { key, path } }: { readonly page: Page }) {
  const navigate = useNavigate();
  useShortcut(`g ${key}`, () => void navigate({ to: path }));
  return null;
}

/** The link of the next row, or of the first one. */
function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main tr[data-row]')];
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  rows[here < 0 ? 0 : here + by]?.querySelector<HTMLElement>('a, button')?.focus();
}
