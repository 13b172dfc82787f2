import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { PanelLeft } from 'lucide-react';
import { useLock } from '../api/session.ts';
import { Toaster } from '../components/base/toast.tsx';
import { LiveChip } from '../components/live-chip.tsx';
import { SignIn } from '../components/sign-in.tsx';
import { ViewMenu } from '../components/view-menu.tsx';
import { setPreference, usePreferences } from '../lib/preferences.ts';
import { AllPages } from './all-pages.tsx';
import { CommandPalette } from './command-palette.tsx';
import { Keyboard } from './keyboard.tsx';
import { PAGES } from './pages.ts';
import styles from './shell.module.css';
import { Sign } from './sign.tsx';

/** What stands around every page: the list of pages, and the bar above. */
export function Shell() {
  const { narrow } = usePreferences();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const lock = useLock();
  return (
    <div className={styles['shell']} data-narrow={narrow}>
      <a className={styles['skip']} href="#page">
        To the page
      </a>
      <nav className={styles['nav']} aria-label="Pages">
        <Link to="/" className={styles['brand']} aria-label="Sluice: home">
          <Sign />
          <span>Sluice</span>
        </Link>
        <ul>
          {PAGES.map(({ path: to, title, icon: Icon, onPhone }) => (
            <li key={to} data-phone={onPhone}>
              <Link to={to} className={styles['page']} aria-current={isWithin(path, to) ? 'page' : undefined} title={narrow ? title : undefined}>
                <Icon size={17} strokeWidth={1.8} aria-hidden="true" />
                <span>{title}</span>
              </Link>
            </li>
          ))}
        </ul>
        <AllPages isHere={(to) => isWithin(path, to)} />
        <button
          type="button"
          className={styles['fold']}
          aria-pressed={narrow}
          aria-label="Narrow list of pages"
          onClick={() => setPreference('narrow', !narrow)}
        >
          <PanelLeft size={16} aria-hidden="true" />
        </button>
      </nav>
      <header className={styles['bar']}>
        <CommandPalette />
        <span className={styles['space']} />
        {!lock && <LiveChip />}
        <ViewMenu />
      </header>
      <main className={styles['main']} id="page" tabIndex={-1}>
        {lock ? <SignIn lock={lock} /> : <Outlet />}
      </main>
      <Keyboard />
      <Toaster />
    </div>
  );
}

const isWithin = (path: string, page: string) => (page === '/' ? path === '/' : path === page || path.startsWith(`${page}/`));
