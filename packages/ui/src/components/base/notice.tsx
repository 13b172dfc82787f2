import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { CopyLine } from './copy-line.tsx';
import styles from './notice.module.css';

/** There is nothing yet: why, and the next command. */
export function Empty({
  title,
  children,
  command,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly command?: string | undefined;
}) {
  return (
    <div className={styles['empty']}>
      <h3>{title}</h3>
      {children && <p className="quiet">{children}</p>}
      {command && <CopyLine text={command} />}
    </div>
  );
}

/** What went wrong, in the server's words, and what to do. */
export function Fault({ error }: { readonly error: unknown }) {
  const known = isSluiceError(error) ? error : undefined;
  return (
    <div className={styles['fault']} role="alert">
      <CircleAlert size={17} aria-hidden="true" />
      <div>
        <p>{error instanceof Error ? error.message : String(error)}</p>
        {known?.hint && <p className="quiet">{known.hint}</p>}
      </div>
    </div>
  );
}

/** Something that a person should know, and that stops nothing. */
export function Note({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles['note']} role="note">
      {children}
    </div>
  );
}
