import type { Overview } from '../../api/overview.ts';
import styles from './slot-bars.module.css';

/** More cells than this are one bar. */
const MOST_CELLS = 24;

/** Slots in use of each limit. */
export function SlotBars({ slots }: { readonly slots: Overview['slots'] }) {
  return (
    <ul className={styles['list']}>
      {slots.map(({ kind, name, used, limit }) => (
        <li key={`${kind} ${name}`}>
          <span className={styles['name']} title={`${kind} ${name}`}>
            {name}
          </span>
          <span className={styles['cells']} aria-hidden="true">
            {limit <= MOST_CELLS ? (
              Array.from({ length: limit }, (_, index) => `slot ${index}`).map((slot, index) => <i key={slot} data-full={index < used} />)
            ) : (
              <b style={{ width: `${Math.min(100, (used / limit) * 100)}%` }} />
            )}
          </span>
          <span className="number">
            {used} of {limit}
          </span>
        </li>
      ))}
    </ul>
  );
}
