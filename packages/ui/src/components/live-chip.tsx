import type { LiveStatus } from '../api/live.ts';
import { useLiveStatus } from '../api/use-live.ts';
import styles from './live-chip.module.css';

const MEANINGS: { readonly [S in LiveStatus]: string } = {
  connecting: 'The page connects to the server.',
  live: 'Changes appear as they happen.',
  reconnecting: 'The server does not answer. The page tries again until it does; what it shows is as old as the last change.',
  paused: 'Nobody looks at this tab, so it asks for nothing.',
  polling: 'The server, or something on the way to it, has no stream of events. The page asks again every few seconds.',
};

/** Whether the page is up to date. */
export function LiveChip() {
  const status = useLiveStatus();
  return (
    <output className={styles['chip']} data-status={status} title={MEANINGS[status]} id="live">
      {status}
    </output>
  );
}
