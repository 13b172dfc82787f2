import type { ReactNode } from 'react';
import styles from './card.module.css';

interface CardProps {
  readonly title?: ReactNode;
  /** Beside the title, at its right. */
  readonly actions?: ReactNode;
  readonly className?: string | undefined;
  /** Without space at the sides: for tables and pictures that reach the edge. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A part of a page. */
export function Card({ title, actions, flush = false, className = '', children }: CardProps) {
  return (
    <section className={`${styles['card']} ${className}`} data-flush={flush}>
      {(title || actions) && (
        <header className={styles['head']}>
          {title && <h2>{title}</h2>}
          {actions && <div className={styles['actions']}>{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
