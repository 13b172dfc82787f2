import type { ReactNode } from 'react';
import styles from './facts.module.css';

/** Names and what they are, one a line. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={styles['facts']}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value === null || value === undefined || value === '' ? <span className="quiet">–</span> : value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A value as JSON, as it is. */
export function Json({ value }: { readonly value: unknown }) {
  return <pre className={styles['json']}>{JSON.stringify(value, null, 2)}</pre>;
}
