import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import styles from './page-head.module.css';

interface PageHeadProps {
  readonly title: ReactNode;
  /** The title of the browser's tab, where it is another one. */
  readonly tab?: string;
  /** The page that this one belongs to. */
  readonly within?: { readonly to: string; readonly title: string };
  /** One line below the title. */
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
}

/** The head of a page: where one is, and what can be done there. */
export function PageHead({ title, tab, within, about, actions }: PageHeadProps) {
  const name = tab ?? (typeof title === 'string' ? title : '');
  useEffect(() => {
    document.title = name ? `${name} – Sluice` : 'Sluice';
  }, [name]);
  return (
    <header className={styles['head']}>
      <div className={styles['titles']}>
        {within && (
          <Link to={within.to} className={styles['within']}>
            {within.title} /
          </Link>
        )}
        <h1>{title}</h1>
        {about && <div className={styles['about']}>{about}</div>}
      </div>
      {actions && <div className={styles['actions']}>{actions}</div>}
    </header>
  );
}
