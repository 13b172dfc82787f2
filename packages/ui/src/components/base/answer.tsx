import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import styles from './answer.module.css';
import { Fault } from './notice.tsx';

interface AnswerProps<T> {
  readonly of: Pick<UseQueryResult<T>, 'error'> & { readonly data: T | undefined };
  /** Pixels of what is coming, so that nothing jumps when it is there. */
  readonly height?: number;
  readonly children: (data: T) => ReactNode;
}

/** What a question has brought: the place for it while it is asked, what went wrong, or the answer. An older answer stays beside a fault. */
export function Answer<T>({ of: { data, error }, height = 120, children }: AnswerProps<T>) {
  if (data === undefined && !error) return <div className={styles['coming']} style={{ height }} aria-busy="true" />;
  return (
    <>
      {error && <Fault error={error} />}
      {data !== undefined && children(data)}
    </>
  );
}
