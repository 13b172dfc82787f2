import { Button } from './button.tsx';
import styles from './more.module.css';

interface MoreProps {
  readonly more: boolean;
  readonly isAsking: boolean;
  readonly goOn: () => void;
}

/** At the end of a list that goes on. */
export function More({ more, isAsking, goOn }: MoreProps) {
  if (!more) return null;
  return (
    <div className={styles['more']}>
      <Button onClick={goOn} disabled={isAsking}>
        {isAsking ? 'Wait …' : 'More'}
      </Button>
    </div>
  );
}
