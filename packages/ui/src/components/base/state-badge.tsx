import { lookOf, type Standing, wordOf } from '../../lib/states.ts';
import styles from './state-badge.module.css';
import { StateIcon } from './state-icon.tsx';

/** The state of a run: its icon and its name. */
export function StateBadge({ run }: { readonly run: Standing }) {
  const { tone, icon } = lookOf(run);
  return (
    <span className={styles['badge']} data-tone={tone}>
      <StateIcon name={icon} />
      {wordOf(run)}
    </span>
  );
}
